/** `done`: both addresses have confirmed. `ended`: another was asked for, it is too old, or the address is no longer to be had. */
export const EMAIL_CHANGE_STATUSES = ['open', 'done', 'ended'] as const;
export type EmailChangeStatus = (typeof EMAIL_CHANGE_STATUSES)[number];

/** How long the two links work. */
export const EMAIL_LINK_HOURS = 24;
/** How often a change may be asked for in an hour. */
export const EMAIL_CHANGES_PER_HOUR = 5;

/** What a side that has confirmed is told. */
export type Confirmed = 'changed' | 'other_side_missing';
