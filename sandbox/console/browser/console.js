// What the console does beside its forms: live parts, copying, dragging. Every change it makes is the form's own.
{
  const EVERY_MS = 2000;

  // Live parts are fetched again with the page they stand in, and put in where they changed.
  const refresh = async () => {
    if (document.hidden) return;
    const response = await fetch(location.href, { headers: { accept: 'text/html' } });
    if (!response.ok) return;
    const fresh = new DOMParser().parseFromString(await response.text(), 'text/html');
    for (const part of document.querySelectorAll('[data-live]')) {
      const isBusy = part.contains(document.activeElement) || part.querySelector('.dragged, [data-copied]') !== null;
      const other = fresh.querySelector(`[data-live="${part.dataset.live}"]`);
      if (isBusy || other === null || other.innerHTML === part.innerHTML) continue;
      part.innerHTML = other.innerHTML;
      prepare(part);
    }
  };

  const copy = async (button) => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.dataset.copied = '';
    setTimeout(() => delete button.dataset.copied, 1200);
  };

  const prepare = (part) => {
    for (const button of part.querySelectorAll('button[data-copy]')) {
      button.hidden = false;
      button.addEventListener('click', () => copy(button));
    }
    // A row that is dropped on another is sent before it: the form of the row says where to.
    let dragged = null;
    for (const row of part.querySelectorAll('[data-drag]')) {
      row.draggable = true;
      row.addEventListener('dragstart', () => {
        dragged = row;
        row.classList.add('dragged');
      });
      row.addEventListener('dragend', () => row.classList.remove('dragged'));
      row.addEventListener('dragover', (event) => event.preventDefault());
      row.addEventListener('drop', (event) => {
        event.preventDefault();
        const form = document.getElementById('move');
        if (dragged === null || dragged === row || form === null) return;
        form.elements.delivery_id.value = dragged.dataset.drag;
        form.elements.before.value = row.dataset.drag;
        form.submit();
      });
    }
  };

  prepare(document);
  if (document.querySelector('[data-live]') !== null) setInterval(() => void refresh().catch(() => {}), EVERY_MS);
}
