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
    // A row that is dropped on another goes out before it: the order is in the address, as with the buttons.
    const rows = [...part.querySelectorAll('[data-drag]')];
    let dragged = null;
    for (const row of rows) {
      row.draggable = true;
      row.addEventListener('dragstart', () => {
        dragged = row;
        row.classList.add('dragged');
      });
      row.addEventListener('dragend', () => row.classList.remove('dragged'));
      row.addEventListener('dragover', (event) => event.preventDefault());
      row.addEventListener('drop', (event) => {
        event.preventDefault();
        if (dragged === null || dragged === row) return;
        const others = rows.filter((other) => other !== dragged);
        const isDown = rows.indexOf(dragged) < rows.indexOf(row);
        others.splice(others.indexOf(row) + (isDown ? 1 : 0), 0, dragged);
        const address = new URL(location.href);
        address.searchParams.set('order', others.map((other) => other.dataset.drag).join(','));
        address.searchParams.delete('said');
        location.assign(address);
      });
    }
  };

  prepare(document);
  if (document.querySelector('[data-live]') !== null) setInterval(() => void refresh().catch(() => {}), EVERY_MS);
}
