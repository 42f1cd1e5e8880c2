/** The longest address that SMTP carries (RFC 5321, section 4.5.3.1.3). */
const MAX_ADDRESS = 254;
const MAX_LOCAL_PART = 64;

const WORD = "[\\p{L}\\p{M}\\p{N}!#$%&'*+/=?^_`{|}~-]+";
const LABEL = '[\\p{L}\\p{N}](?:[\\p{L}\\p{M}\\p{N}-]{0,61}[\\p{L}\\p{M}\\p{N}])?';
const ADDRESS = new RegExp(`^(${WORD}(?:\\.${WORD})*)@${LABEL}(?:\\.${LABEL})+$`, 'u');

/**
 * An e-mail address in the one form in which it identifies a person: trimmed, composed (NFC), lower case. Null for what
 * is no single address: quoted local parts, comments and addresses without a dotted domain are not taken, nor is a letter
 * that turns into an ASCII one on the way (the Kelvin sign, a dotted capital I), because it would name somebody else.
 */
export function normalEmail(text: string): string | null {
  const trimmed = text.trim();
  if (trimmed.length > MAX_ADDRESS) return null;
  const address = trimmed.normalize('NFC').toLowerCase();
  const [, localPart = ''] = ADDRESS.exec(address) ?? [];
  if (localPart === '' || localPart.length > MAX_LOCAL_PART) return null;
  return asciiLetters(address) > asciiLetters(trimmed) ? null : address;
}

function asciiLetters(text: string): number {
  return text.replace(/[^a-z]/gi, '').length;
}
