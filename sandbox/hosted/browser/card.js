// Groups the digits while they are typed, and fills in a test card. The form is checked where it is sent to.
{
  const grouped = (digits) =>
    (/^3[47]/.test(digits)
      ? [digits.slice(0, 4), digits.slice(4, 10), digits.slice(10, 15)]
      : (digits.slice(0, 19).match(/.{1,4}/g) ?? [])
    )
      .filter((group) => group !== '')
      .join(' ');

  const monthAndYear = (digits) => {
    const padded = /^[2-9]/.test(digits) ? `0${digits}` : digits;
    return padded.length < 3 ? padded : `${padded.slice(0, 2)}/${padded.slice(2, 4)}`;
  };

  const formatWith = (input, format) =>
    input?.addEventListener('input', (event) => {
      // What is corrected in the middle, or taken away, stays as it was typed.
      if (input.selectionStart !== input.value.length || event.inputType?.startsWith('delete')) return;
      input.value = format(input.value.replace(/\D/g, ''));
    });

  for (const prefix of ['', 'second_']) {
    formatWith(document.getElementById(`${prefix}number`), grouped);
    formatWith(document.getElementById(`${prefix}expiry`), monthAndYear);
  }

  for (const button of document.querySelectorAll('button[data-number]')) {
    button.hidden = false;
    button.addEventListener('click', () => {
      const number = document.getElementById('number');
      number.value = grouped(button.dataset.number);
      number.focus();
    });
  }
}
