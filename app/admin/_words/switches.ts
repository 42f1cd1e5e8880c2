import type { SwitchableAction } from '@/lib/core/customer-switches';

/** What each switch lets a customer do. */
export const SWITCH_WORDS: Record<SwitchableAction, { label: string; detail?: string }> = {
  skip: { label: 'Skip the next order', detail: 'A skip can always be taken back.' },
  move: { label: 'Move the next date' },
  interval: { label: 'Change how often' },
  pause: { label: 'Pause' },
  resume: { label: 'Resume', detail: 'A pause with a last day ends by itself.' },
  reactivate: { label: 'Start a canceled subscription again' },
  charge_now: { label: 'Order now, before the day' },
  quantity: { label: 'Change how many of each item come' },
  address: { label: 'Change where their orders are sent' },
  swap_item: { label: 'Swap an item for another one that is offered' },
  add_once: { label: 'Add an item to one order', detail: 'It can be taken out until that order is made.' },
};
