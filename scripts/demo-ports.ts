import { AppError } from '@/lib/core/errors';
import { isPortFree, nextFreePort } from './ports';
import type { StackPorts } from './stack';

const VARIABLES = [
  ['web', 'PORT', 3000],
  ['sandbox', 'SANDBOX_PORT', 4010],
  ['smtp', 'SANDBOX_SMTP_PORT', 4025],
] as const;

/**
 * The ports of the environment or their defaults (contract.md). Throws `configuration` where one is no port, and where
 * one is taken, with the command that uses free ones.
 */
export async function choosePorts(command: string): Promise<StackPorts> {
  const ports: StackPorts = { web: 0, sandbox: 0, smtp: 0 };
  const taken: number[] = [];
  const instead: string[] = [];
  for (const [role, variable, usual] of VARIABLES) {
    const port = Number(process.env[variable] || usual);
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      throw new AppError('configuration', `${variable}=${process.env[variable]} is not a port.`);
    }
    ports[role] = port;
    const isFree = await isPortFree(port);
    if (!isFree) taken.push(port);
    const free = isFree ? port : await nextFreePort(port);
    if (free !== usual) instead.push(`${variable}=${free}`);
  }
  if (taken.length === 0) return ports;
  const which = taken.length === 1 ? `Port ${taken[0]} is taken.` : `Ports ${taken.join(' and ')} are taken.`;
  throw new AppError('configuration', `${which} These are free:\n\n  ${instead.join(' ')} ${command}\n`);
}
