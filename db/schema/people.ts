import { sql } from 'drizzle-orm';
import { boolean, check, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { EMAIL_CHANGE_STATUSES, type EmailChangeStatus } from '../../lib/core/email-change';
import { type Id, newId } from '../../lib/core/id';
import { NOTICE_LEADS, type NoticeLead } from '../../lib/core/notification-choices';
import type { PostalAddress } from '../../lib/core/postal-address';
import { STAFF_ROLES, type StaffRole } from '../../lib/core/principal';
import { instant, oneOf } from './columns';

/** Whoever has signed in at least once, customers and staff alike; the shape is next-auth's. */
export const users = pgTable('users', {
  id: text('id')
    .$type<Id<'user'>>()
    .primaryKey()
    .$defaultFn(() => newId('user')),
  name: text('name'),
  email: text('email').notNull().unique(),
  emailVerified: instant('email_verified'),
  image: text('image'),
});

/** Accounts of other sign-in providers (OIDC for staff); the shape is next-auth's. */
export const accounts = pgTable(
  'accounts',
  {
    userId: text('user_id')
      .$type<Id<'user'>>()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    type: text('type').notNull(),
    provider: text('provider').notNull(),
    providerAccountId: text('provider_account_id').notNull(),
    refresh_token: text('refresh_token'),
    access_token: text('access_token'),
    expires_at: integer('expires_at'),
    token_type: text('token_type'),
    scope: text('scope'),
    id_token: text('id_token'),
    session_state: text('session_state'),
  },
  (table) => [primaryKey({ columns: [table.provider, table.providerAccountId] })],
);

/** Login sessions. `sessionToken` is the SHA-256 of what the cookie holds. Real time, not business time. */
export const sessions = pgTable(
  'sessions',
  {
    sessionToken: text('session_token').primaryKey(),
    userId: text('user_id')
      .$type<Id<'user'>>()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    expires: instant('expires').notNull(),
  },
  (table) => [index('sessions_user').on(table.userId)],
);

/** Sign-in links that were sent and not used; `token` is a hash. Single use, 15 minutes of real time. */
export const verificationTokens = pgTable(
  'verification_tokens',
  {
    identifier: text('identifier').notNull(),
    token: text('token').notNull(),
    expires: instant('expires').notNull(),
    /** Leads to the checkout, so it may sign in an address that is new. */
    welcomesNewcomer: boolean('welcomes_newcomer').notNull().default(false),
  },
  (table) => [primaryKey({ columns: [table.identifier, table.token] })],
);

/** Members of the merchant's staff, by the e-mail that they sign in with. Made by `npm run staff`. */
export const staff = pgTable(
  'staff',
  {
    id: text('id').$type<Id<'staff'>>().primaryKey(),
    email: text('email').notNull(),
    role: text('role').$type<StaffRole>().notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    uniqueIndex('staff_email').on(table.email),
    check('staff_role', oneOf(table.role, STAFF_ROLES)),
    check('staff_email_lower', sql`${table.email} = lower(${table.email})`),
  ],
);

/** People who buy. The e-mail identifies them, in lower case; Truemed keys its token on it too. */
export const customers = pgTable(
  'customers',
  {
    id: text('id').$type<Id<'customer'>>().primaryKey(),
    email: text('email').notNull(),
    name: text('name').notNull(),
    /** Two-letter state, prefills the health survey's question; null where unknown. */
    state: text('state'),
    /** Where their subscriptions are sent, unless one has an address of its own. Null: the merchant knows it from elsewhere. */
    address: jsonb('address').$type<PostalAddress>(),
    /** Reminders of an order that waits. Its first and its last mail go out whatever is chosen. */
    wantsReminders: boolean('wants_reminders').notNull().default(true),
    /** How many days ahead a charge is announced; 0: not at all, where no law asks for it. */
    upcomingNoticeDays: integer('upcoming_notice_days').$type<NoticeLead>().notNull().default(7),
    /** When they deleted their account: name, e-mail and address are gone since. Null: they have not. */
    deletedAt: instant('deleted_at'),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [
    uniqueIndex('customers_email').on(table.email),
    check('customers_email_lower', sql`${table.email} = lower(${table.email})`),
    check('customers_notice_days', sql`${table.upcomingNoticeDays} in (${sql.raw(NOTICE_LEADS.join(', '))})`),
    check('customers_state', sql`${table.state} ~ '^[A-Z]{2}$'`),
  ],
);

/** A change of e-mail on its way: both addresses must confirm it. Links are single-use; only their hashes are here. */
export const emailChanges = pgTable(
  'email_changes',
  {
    id: text('id').$type<Id<'emailChange'>>().primaryKey(),
    customerId: text('customer_id')
      .$type<Id<'customer'>>()
      .notNull()
      .references(() => customers.id),
    status: text('status').$type<EmailChangeStatus>().notNull(),
    /** In the form of `normalEmail`; null once it is over. */
    newEmail: text('new_email'),
    /** SHA-256 of the link that was mailed to the present address, and to the new one; null once it was used, or is over. */
    oldLink: text('old_link'),
    newLink: text('new_link'),
    expiresAt: instant('expires_at').notNull(),
    createdAt: instant('created_at').notNull(),
    closedAt: instant('closed_at'),
  },
  (table) => [
    uniqueIndex('email_changes_open').on(table.customerId).where(sql`${table.status} = 'open'`),
    index('email_changes_customer').on(table.customerId, table.createdAt),
    uniqueIndex('email_changes_old_link').on(table.oldLink),
    uniqueIndex('email_changes_new_link').on(table.newLink),
    check('email_changes_status', oneOf(table.status, EMAIL_CHANGE_STATUSES)),
    check('email_changes_closed', sql`(${table.status} = 'open') = (${table.closedAt} is null)`),
    check(
      'email_changes_over',
      sql`${table.status} = 'open' or (${table.newEmail} is null and ${table.oldLink} is null and ${table.newLink} is null)`,
    ),
  ],
);

/** Addresses that customers had before: what the shop's file says of one still means them, while nobody else has it. */
export const formerEmails = pgTable(
  'former_emails',
  {
    email: text('email').primaryKey(),
    customerId: text('customer_id')
      .$type<Id<'customer'>>()
      .notNull()
      .references(() => customers.id),
    changedAt: instant('changed_at').notNull(),
  },
  (table) => [
    index('former_emails_customer').on(table.customerId),
    check('former_emails_lower', sql`${table.email} = lower(${table.email})`),
  ],
);
