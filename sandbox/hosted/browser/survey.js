// The survey's steps are links to fragments. With scripts, a step is checked before it is left, and its heading gets the focus.
{
  const isShown = (element) => element.getClientRects().length > 0;

  const isAnswered = (question) => {
    const control = question.querySelector('select, input[type=text]');
    if (control) return control.value.trim() !== '';
    return question.querySelector('input:checked') !== null;
  };

  const nameOf = (question) => question.querySelector('legend, label').textContent.trim();

  const setError = (question, message) => {
    const holder = question.querySelector('select, input[type=text]') ?? question;
    question.querySelector('.error')?.remove();
    holder.removeAttribute('aria-invalid');
    const others = (holder.getAttribute('aria-describedby') ?? '').split(' ').filter((id) => id.endsWith('-hint'));
    if (message !== null) {
      const error = document.createElement('span');
      error.className = 'error';
      error.id = `${holder.id}-error`;
      error.textContent = message;
      if (holder === question) question.querySelector('legend').after(error);
      else question.append(error);
      others.push(error.id);
      if (holder !== question) holder.setAttribute('aria-invalid', 'true');
    }
    if (others.length > 0) holder.setAttribute('aria-describedby', others.join(' '));
    else holder.removeAttribute('aria-describedby');
    return holder;
  };

  for (const link of document.querySelectorAll('a.next')) {
    link.addEventListener('click', (event) => {
      const questions = [...link.closest('.step').querySelectorAll('.needed')].filter(isShown);
      const missing = questions.filter((question) => !isAnswered(question));
      for (const question of questions) setError(question, null);
      if (missing.length === 0) return;
      event.preventDefault();
      const holders = missing.map((question) => setError(question, `Please answer: ${nameOf(question)}`));
      holders[0].focus();
      holders[0].scrollIntoView({ block: 'center' });
    });
  }

  addEventListener('hashchange', () => {
    const step = document.getElementById(location.hash.slice(1));
    if (step?.classList.contains('step') || location.hash === '') {
      [...document.querySelectorAll('.step h2')].find(isShown)?.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
  });
}
