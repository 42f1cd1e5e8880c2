CREATE TABLE "invoice_discounts" (
	"invoice_id" text NOT NULL,
	"subscription_discount_id" text NOT NULL,
	"name" text NOT NULL,
	"amount_cents" integer NOT NULL,
	CONSTRAINT "invoice_discounts_invoice_id_subscription_discount_id_pk" PRIMARY KEY("invoice_id","subscription_discount_id"),
	CONSTRAINT "invoice_discounts_amount" CHECK ("invoice_discounts"."amount_cents" >= 0)
);
--> statement-breakpoint
CREATE TABLE "discounts" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"amount_cents" integer,
	"basis_points" integer,
	"duration" text NOT NULL,
	"periods" integer,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "discounts_kind" CHECK ("discounts"."kind" in ('fixed', 'percent')),
	CONSTRAINT "discounts_duration" CHECK ("discounts"."duration" in ('once', 'periods', 'forever')),
	CONSTRAINT "discounts_amount" CHECK (("discounts"."kind" = 'fixed') = ("discounts"."amount_cents" is not null) and coalesce("discounts"."amount_cents", 1) > 0),
	CONSTRAINT "discounts_percent" CHECK (("discounts"."kind" = 'percent') = ("discounts"."basis_points" is not null) and coalesce("discounts"."basis_points", 1) between 1 and 10000),
	CONSTRAINT "discounts_periods" CHECK (("discounts"."duration" = 'periods') = ("discounts"."periods" is not null) and coalesce("discounts"."periods", 1) > 0)
);
--> statement-breakpoint
CREATE TABLE "plans" (
	"id" text PRIMARY KEY NOT NULL,
	"sku" text NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "prices" (
	"id" text PRIMARY KEY NOT NULL,
	"plan_id" text NOT NULL,
	"version" integer NOT NULL,
	"unit_price_cents" integer NOT NULL,
	"currency" char(3) DEFAULT 'USD' NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "prices_amount_positive" CHECK ("prices"."unit_price_cents" >= 0)
);
--> statement-breakpoint
CREATE TABLE "pending_item_changes" (
	"id" text PRIMARY KEY NOT NULL,
	"subscription_id" text NOT NULL,
	"customer_id" text NOT NULL,
	"request_id" text NOT NULL,
	"status" text NOT NULL,
	"items" jsonb NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"closed_at" timestamp with time zone,
	CONSTRAINT "pending_item_changes_status" CHECK ("pending_item_changes"."status" in ('held', 'applied', 'refused', 'replaced', 'abandoned')),
	CONSTRAINT "pending_item_changes_closed" CHECK (("pending_item_changes"."status" = 'held') = ("pending_item_changes"."closed_at" is null))
);
--> statement-breakpoint
CREATE TABLE "refunds" (
	"id" text PRIMARY KEY NOT NULL,
	"invoice_id" text NOT NULL,
	"attempt_id" text NOT NULL,
	"customer_id" text NOT NULL,
	"amount_cents" integer NOT NULL,
	"currency" char(3) DEFAULT 'USD' NOT NULL,
	"lines" jsonb NOT NULL,
	"reason" text NOT NULL,
	"is_automatic" boolean DEFAULT false NOT NULL,
	"status" text NOT NULL,
	"idempotency_key" text NOT NULL,
	"request_body" "bytea" NOT NULL,
	"request_sha256" text NOT NULL,
	"truemed_refund_id" text,
	"error_code" text,
	"tries" integer DEFAULT 0 NOT NULL,
	"due_at" timestamp with time zone,
	"lease_until" timestamp with time zone,
	"lease_epoch" integer DEFAULT 0 NOT NULL,
	"sent_at" timestamp with time zone,
	"closed_at" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "refunds_status" CHECK ("refunds"."status" in ('planned', 'sent', 'unknown', 'succeeded', 'failed')),
	CONSTRAINT "refunds_reason" CHECK ("refunds"."reason" in ('customer_request', 'fraudulent', 'duplicate_payment')),
	CONSTRAINT "refunds_amount" CHECK ("refunds"."amount_cents" > 0),
	CONSTRAINT "refunds_sha256" CHECK ("refunds"."request_sha256" ~ '^[0-9a-f]{64}$'),
	CONSTRAINT "refunds_succeeded" CHECK (("refunds"."status" = 'succeeded') = ("refunds"."truemed_refund_id" is not null))
);
--> statement-breakpoint
CREATE TABLE "subscription_discounts" (
	"id" text PRIMARY KEY NOT NULL,
	"subscription_id" text NOT NULL,
	"discount_id" text NOT NULL,
	"remaining_periods" integer,
	"created_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	CONSTRAINT "subscription_discounts_remaining" CHECK ("subscription_discounts"."remaining_periods" >= 0),
	CONSTRAINT "subscription_discounts_used_up" CHECK ("subscription_discounts"."remaining_periods" is distinct from 0 or "subscription_discounts"."ended_at" is not null)
);
--> statement-breakpoint
ALTER TABLE "invoices" DROP CONSTRAINT "invoices_status";--> statement-breakpoint
DROP INDEX "invoices_unnumbered";--> statement-breakpoint
ALTER TABLE "invoices" ADD COLUMN "number_year" integer;--> statement-breakpoint
ALTER TABLE "invoices" ADD COLUMN "year_number" integer;--> statement-breakpoint
ALTER TABLE "payment_tokens" ADD COLUMN "deletion_asked_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "payment_tokens" ADD COLUMN "deletion_due_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "payment_tokens" ADD COLUMN "deletion_tries" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "payment_tokens" ADD COLUMN "deleted_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "payment_tokens" ADD COLUMN "lease_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "payment_tokens" ADD COLUMN "lease_epoch" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "subscription_items" ADD COLUMN "price_id" text;--> statement-breakpoint
ALTER TABLE "invoice_discounts" ADD CONSTRAINT "invoice_discounts_invoice_id_invoices_id_fk" FOREIGN KEY ("invoice_id") REFERENCES "public"."invoices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invoice_discounts" ADD CONSTRAINT "invoice_discounts_subscription_discount_id_subscription_discounts_id_fk" FOREIGN KEY ("subscription_discount_id") REFERENCES "public"."subscription_discounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "prices" ADD CONSTRAINT "prices_plan_id_plans_id_fk" FOREIGN KEY ("plan_id") REFERENCES "public"."plans"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pending_item_changes" ADD CONSTRAINT "pending_item_changes_subscription_id_subscriptions_id_fk" FOREIGN KEY ("subscription_id") REFERENCES "public"."subscriptions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pending_item_changes" ADD CONSTRAINT "pending_item_changes_customer_id_customers_id_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pending_item_changes" ADD CONSTRAINT "pending_item_changes_request_id_provision_requests_id_fk" FOREIGN KEY ("request_id") REFERENCES "public"."provision_requests"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "refunds" ADD CONSTRAINT "refunds_invoice_id_invoices_id_fk" FOREIGN KEY ("invoice_id") REFERENCES "public"."invoices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "refunds" ADD CONSTRAINT "refunds_attempt_id_charge_attempts_id_fk" FOREIGN KEY ("attempt_id") REFERENCES "public"."charge_attempts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "refunds" ADD CONSTRAINT "refunds_customer_id_customers_id_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "subscription_discounts" ADD CONSTRAINT "subscription_discounts_subscription_id_subscriptions_id_fk" FOREIGN KEY ("subscription_id") REFERENCES "public"."subscriptions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "subscription_discounts" ADD CONSTRAINT "subscription_discounts_discount_id_discounts_id_fk" FOREIGN KEY ("discount_id") REFERENCES "public"."discounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "plans_sku" ON "plans" USING btree ("sku");--> statement-breakpoint
CREATE UNIQUE INDEX "prices_version" ON "prices" USING btree ("plan_id","version");--> statement-breakpoint
CREATE UNIQUE INDEX "prices_amount" ON "prices" USING btree ("id","unit_price_cents");--> statement-breakpoint
CREATE UNIQUE INDEX "pending_item_changes_request" ON "pending_item_changes" USING btree ("request_id");--> statement-breakpoint
CREATE UNIQUE INDEX "pending_item_changes_held" ON "pending_item_changes" USING btree ("subscription_id") WHERE "pending_item_changes"."status" = 'held';--> statement-breakpoint
CREATE UNIQUE INDEX "refunds_key" ON "refunds" USING btree ("idempotency_key");--> statement-breakpoint
CREATE UNIQUE INDEX "refunds_truemed_id" ON "refunds" USING btree ("truemed_refund_id");--> statement-breakpoint
CREATE UNIQUE INDEX "refunds_one_automatic" ON "refunds" USING btree ("attempt_id") WHERE "refunds"."is_automatic";--> statement-breakpoint
CREATE INDEX "refunds_attempt" ON "refunds" USING btree ("attempt_id");--> statement-breakpoint
CREATE INDEX "refunds_invoice" ON "refunds" USING btree ("invoice_id","created_at");--> statement-breakpoint
CREATE INDEX "refunds_due" ON "refunds" USING btree ("due_at","id") WHERE "refunds"."due_at" is not null;--> statement-breakpoint
CREATE INDEX "refunds_unsettled" ON "refunds" USING btree ("created_at") WHERE "refunds"."status" in ('unknown', 'failed');--> statement-breakpoint
CREATE UNIQUE INDEX "subscription_discounts_running" ON "subscription_discounts" USING btree ("subscription_id","discount_id") WHERE "subscription_discounts"."ended_at" is null;--> statement-breakpoint
ALTER TABLE "subscription_items" ADD CONSTRAINT "subscription_items_price_version" FOREIGN KEY ("price_id","unit_price_cents") REFERENCES "public"."prices"("id","unit_price_cents") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "charge_attempts_duplicates" ON "charge_attempts" USING btree ("closed_at","id") WHERE "charge_attempts"."duplicate_of" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "invoices_year_number" ON "invoices" USING btree ("number_year","year_number");--> statement-breakpoint
CREATE INDEX "invoices_paid_unnumbered" ON "invoices" USING btree ("paid_at","id") WHERE "invoices"."status" = 'paid' and "invoices"."year_number" is null;--> statement-breakpoint
CREATE INDEX "payment_tokens_deletion_due" ON "payment_tokens" USING btree ("deletion_due_at","id") WHERE "payment_tokens"."deletion_due_at" is not null;--> statement-breakpoint
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_numbered" CHECK (("invoices"."number_year" is null) = ("invoices"."year_number" is null));--> statement-breakpoint
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_status" CHECK ("invoices"."status" in ('open', 'paid', 'skipped', 'void', 'uncollectible'));--> statement-breakpoint
ALTER TABLE "payment_tokens" ADD CONSTRAINT "payment_tokens_deletion" CHECK ("payment_tokens"."deletion_asked_at" is null or "payment_tokens"."status" = 'revoked');