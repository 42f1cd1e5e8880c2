CREATE TABLE "charge_attempts" (
	"id" text PRIMARY KEY NOT NULL,
	"invoice_id" text NOT NULL,
	"subscription_id" text NOT NULL,
	"payment_token_id" text NOT NULL,
	"number" integer NOT NULL,
	"status" text NOT NULL,
	"cause" text NOT NULL,
	"amount_cents" integer NOT NULL,
	"currency" char(3) DEFAULT 'USD' NOT NULL,
	"idempotency_key" text NOT NULL,
	"request_body" "bytea" NOT NULL,
	"request_sha256" text NOT NULL,
	"payment_session_id" text,
	"error_code" text,
	"tries" integer DEFAULT 0 NOT NULL,
	"due_at" timestamp with time zone,
	"lease_until" timestamp with time zone,
	"lease_epoch" integer DEFAULT 0 NOT NULL,
	"sent_at" timestamp with time zone,
	"accepted_at" timestamp with time zone,
	"action_required_at" timestamp with time zone,
	"closed_at" timestamp with time zone,
	"duplicate_of" text,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "charge_attempts_status" CHECK ("charge_attempts"."status" in ('planned', 'sent', 'unknown', 'accepted', 'captured', 'action_required', 'rejected', 'failed', 'abandoned')),
	CONSTRAINT "charge_attempts_cause" CHECK ("charge_attempts"."cause" in ('schedule', 'recheck', 'token_updated', 'customer', 'staff')),
	CONSTRAINT "charge_attempts_amount" CHECK ("charge_attempts"."amount_cents" > 0),
	CONSTRAINT "charge_attempts_sha256" CHECK ("charge_attempts"."request_sha256" ~ '^[0-9a-f]{64}$')
);
--> statement-breakpoint
CREATE TABLE "invoice_lines" (
	"id" text PRIMARY KEY NOT NULL,
	"invoice_id" text NOT NULL,
	"position" integer NOT NULL,
	"sku" text NOT NULL,
	"name" text NOT NULL,
	"quantity" integer NOT NULL,
	"unit_price_cents" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "invoices" (
	"id" text PRIMARY KEY NOT NULL,
	"subscription_id" text NOT NULL,
	"customer_id" text NOT NULL,
	"number" integer,
	"status" text NOT NULL,
	"period_start" date NOT NULL,
	"period_end" date NOT NULL,
	"shipping_cents" integer NOT NULL,
	"tax_cents" integer NOT NULL,
	"discount_cents" integer NOT NULL,
	"total_cents" integer NOT NULL,
	"currency" char(3) DEFAULT 'USD' NOT NULL,
	"paid_at" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "invoices_status" CHECK ("invoices"."status" in ('open', 'paid', 'skipped', 'void')),
	CONSTRAINT "invoices_period_order" CHECK ("invoices"."period_start" < "invoices"."period_end"),
	CONSTRAINT "invoices_paid" CHECK (("invoices"."status" = 'paid') = ("invoices"."paid_at" is not null)),
	CONSTRAINT "invoices_total" CHECK ("invoices"."total_cents" >= 0)
);
--> statement-breakpoint
CREATE TABLE "recovery_cases" (
	"id" text PRIMARY KEY NOT NULL,
	"invoice_id" text NOT NULL,
	"subscription_id" text NOT NULL,
	"customer_id" text NOT NULL,
	"status" text NOT NULL,
	"reason" text NOT NULL,
	"attempt_id" text,
	"redirect_url" "bytea",
	"redirect_issued_at" timestamp with time zone,
	"retry_at" timestamp with time zone,
	"retry_cause" text,
	"lease_until" timestamp with time zone,
	"lease_epoch" integer DEFAULT 0 NOT NULL,
	"opened_at" timestamp with time zone NOT NULL,
	"closed_at" timestamp with time zone,
	CONSTRAINT "recovery_cases_status" CHECK ("recovery_cases"."status" in ('open', 'recovered', 'closed')),
	CONSTRAINT "recovery_cases_reason" CHECK ("recovery_cases"."reason" in ('update_payment_method', 'take_health_survey', 'unknown_action', 'declined', 'session_pending', 'token_gone', 'our_error')),
	CONSTRAINT "recovery_cases_retry" CHECK (("recovery_cases"."retry_at" is null) = ("recovery_cases"."retry_cause" is null))
);
--> statement-breakpoint
CREATE TABLE "import_rows" (
	"external_id" text NOT NULL,
	"run_id" text NOT NULL,
	"sha256" text NOT NULL,
	CONSTRAINT "import_rows_external_id_pk" PRIMARY KEY("external_id")
);
--> statement-breakpoint
CREATE TABLE "import_runs" (
	"id" text PRIMARY KEY NOT NULL,
	"file_name" text NOT NULL,
	"actor" text NOT NULL,
	"created" integer NOT NULL,
	"updated" integer NOT NULL,
	"unchanged" integer NOT NULL,
	"refused" jsonb NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "outbox" (
	"id" text PRIMARY KEY NOT NULL,
	"dedupe_key" text NOT NULL,
	"template" text NOT NULL,
	"customer_id" text NOT NULL,
	"message" "bytea" NOT NULL,
	"status" text NOT NULL,
	"tries" integer DEFAULT 0 NOT NULL,
	"due_at" timestamp with time zone,
	"lease_until" timestamp with time zone,
	"lease_epoch" integer DEFAULT 0 NOT NULL,
	"last_error" text,
	"created_at" timestamp with time zone NOT NULL,
	"sent_at" timestamp with time zone,
	CONSTRAINT "outbox_status" CHECK ("outbox"."status" in ('queued', 'sent', 'canceled', 'failed'))
);
--> statement-breakpoint
CREATE TABLE "webhook_inbox" (
	"id" text PRIMARY KEY NOT NULL,
	"delivery_key" text NOT NULL,
	"event_type" text NOT NULL,
	"is_signed" boolean NOT NULL,
	"is_late" boolean NOT NULL,
	"body" "bytea" NOT NULL,
	"status" text NOT NULL,
	"effect" text,
	"last_error" text,
	"tries" integer DEFAULT 0 NOT NULL,
	"due_at" timestamp with time zone,
	"lease_until" timestamp with time zone,
	"lease_epoch" integer DEFAULT 0 NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"processed_at" timestamp with time zone,
	CONSTRAINT "webhook_inbox_status" CHECK ("webhook_inbox"."status" in ('received', 'processed', 'ignored', 'quarantined'))
);
--> statement-breakpoint
CREATE TABLE "audit_log" (
	"id" text PRIMARY KEY NOT NULL,
	"position" bigserial NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"actor" text NOT NULL,
	"action" text NOT NULL,
	"subject" text NOT NULL,
	"customer_id" text,
	"cause" text,
	"change" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_seals" (
	"sequence" bigint PRIMARY KEY NOT NULL,
	"audit_id" text NOT NULL,
	"hash" text NOT NULL,
	CONSTRAINT "audit_seals_audit_id_unique" UNIQUE("audit_id")
);
--> statement-breakpoint
CREATE TABLE "call_budget" (
	"id" integer PRIMARY KEY NOT NULL,
	"next_slot_at" timestamp with time zone NOT NULL,
	CONSTRAINT "call_budget_one_row" CHECK ("call_budget"."id" = 1)
);
--> statement-breakpoint
CREATE TABLE "rate_limits" (
	"key" text NOT NULL,
	"window_start" timestamp with time zone NOT NULL,
	"hits" integer NOT NULL,
	CONSTRAINT "rate_limits_key_window_start_pk" PRIMARY KEY("key","window_start")
);
--> statement-breakpoint
CREATE TABLE "workers" (
	"id" text PRIMARY KEY NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"last_tick_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "accounts" (
	"user_id" text NOT NULL,
	"type" text NOT NULL,
	"provider" text NOT NULL,
	"provider_account_id" text NOT NULL,
	"refresh_token" text,
	"access_token" text,
	"expires_at" integer,
	"token_type" text,
	"scope" text,
	"id_token" text,
	"session_state" text,
	CONSTRAINT "accounts_provider_provider_account_id_pk" PRIMARY KEY("provider","provider_account_id")
);
--> statement-breakpoint
CREATE TABLE "customers" (
	"id" text PRIMARY KEY NOT NULL,
	"email" text NOT NULL,
	"name" text NOT NULL,
	"state" text,
	"created_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "customers_email_lower" CHECK ("customers"."email" = lower("customers"."email")),
	CONSTRAINT "customers_state" CHECK ("customers"."state" ~ '^[A-Z]{2}$')
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"session_token" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"expires" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "staff" (
	"id" text PRIMARY KEY NOT NULL,
	"email" text NOT NULL,
	"role" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "staff_role" CHECK ("staff"."role" in ('owner', 'admin', 'support', 'finance', 'viewer')),
	CONSTRAINT "staff_email_lower" CHECK ("staff"."email" = lower("staff"."email"))
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text,
	"email" text NOT NULL,
	"email_verified" timestamp with time zone,
	"image" text,
	CONSTRAINT "users_email_unique" UNIQUE("email")
);
--> statement-breakpoint
CREATE TABLE "verification_tokens" (
	"identifier" text NOT NULL,
	"token" text NOT NULL,
	"expires" timestamp with time zone NOT NULL,
	CONSTRAINT "verification_tokens_identifier_token_pk" PRIMARY KEY("identifier","token")
);
--> statement-breakpoint
CREATE TABLE "payment_tokens" (
	"id" text PRIMARY KEY NOT NULL,
	"customer_id" text NOT NULL,
	"status" text NOT NULL,
	"source" text NOT NULL,
	"token" "bytea" NOT NULL,
	"token_lookup" text NOT NULL,
	"cards" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"letter_expires_on" date,
	"updating_until" timestamp with time zone,
	"refreshed_at" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "payment_tokens_status" CHECK ("payment_tokens"."status" in ('live', 'revoked')),
	CONSTRAINT "payment_tokens_source" CHECK ("payment_tokens"."source" in ('webhook', 'backfill', 'import', 'staff'))
);
--> statement-breakpoint
CREATE TABLE "provision_requests" (
	"id" text PRIMARY KEY NOT NULL,
	"customer_id" text NOT NULL,
	"subscription_id" text,
	"kind" text NOT NULL,
	"status" text NOT NULL,
	"embedded" boolean NOT NULL,
	"idempotency_key" text NOT NULL,
	"request_body" "bytea" NOT NULL,
	"request_sha256" text NOT NULL,
	"truemed_request_id" text,
	"redirect_url" "bytea",
	"error_code" text,
	"returned_at" timestamp with time zone,
	"declined_at" timestamp with time zone,
	"tries" integer DEFAULT 0 NOT NULL,
	"due_at" timestamp with time zone,
	"lease_until" timestamp with time zone,
	"lease_epoch" integer DEFAULT 0 NOT NULL,
	"last_asked_at" timestamp with time zone,
	"connected_at" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "provision_requests_status" CHECK ("provision_requests"."status" in ('planned', 'open', 'waiting_verification', 'already_provisioned', 'refused', 'connected', 'abandoned')),
	CONSTRAINT "provision_requests_kind" CHECK ("provision_requests"."kind" in ('create', 'update'))
);
--> statement-breakpoint
CREATE TABLE "subscription_items" (
	"id" text PRIMARY KEY NOT NULL,
	"subscription_id" text NOT NULL,
	"position" integer NOT NULL,
	"sku" text NOT NULL,
	"name" text NOT NULL,
	"quantity" integer NOT NULL,
	"unit_price_cents" integer NOT NULL,
	CONSTRAINT "subscription_items_quantity" CHECK ("subscription_items"."quantity" >= 1),
	CONSTRAINT "subscription_items_price" CHECK ("subscription_items"."unit_price_cents" >= 0)
);
--> statement-breakpoint
CREATE TABLE "subscriptions" (
	"id" text PRIMARY KEY NOT NULL,
	"external_id" text NOT NULL,
	"customer_id" text NOT NULL,
	"status" text NOT NULL,
	"billing_method" text NOT NULL,
	"interval_unit" text NOT NULL,
	"interval_count" integer NOT NULL,
	"anchor_date" date NOT NULL,
	"time_zone" text NOT NULL,
	"next_charge_on" date NOT NULL,
	"next_charge_at" timestamp with time zone,
	"shipping_cents" integer DEFAULT 0 NOT NULL,
	"tax_cents" integer DEFAULT 0 NOT NULL,
	"discount_cents" integer DEFAULT 0 NOT NULL,
	"currency" char(3) DEFAULT 'USD' NOT NULL,
	"moved_at" timestamp with time zone,
	"hand_over_confirmed_at" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "subscriptions_status" CHECK ("subscriptions"."status" in ('trialing', 'active', 'past_due', 'paused', 'canceled')),
	CONSTRAINT "subscriptions_billing_method" CHECK ("subscriptions"."billing_method" in ('external', 'hsa_fsa')),
	CONSTRAINT "subscriptions_interval_unit" CHECK ("subscriptions"."interval_unit" in ('day', 'week', 'month', 'year')),
	CONSTRAINT "subscriptions_interval_count" CHECK ("subscriptions"."interval_count" between 1 and 36),
	CONSTRAINT "subscriptions_extras" CHECK ("subscriptions"."shipping_cents" >= 0 and "subscriptions"."tax_cents" >= 0 and "subscriptions"."discount_cents" >= 0),
	CONSTRAINT "subscriptions_external_is_never_due" CHECK ("subscriptions"."billing_method" = 'hsa_fsa' or "subscriptions"."next_charge_at" is null)
);
--> statement-breakpoint
ALTER TABLE "charge_attempts" ADD CONSTRAINT "charge_attempts_invoice_id_invoices_id_fk" FOREIGN KEY ("invoice_id") REFERENCES "public"."invoices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "charge_attempts" ADD CONSTRAINT "charge_attempts_subscription_id_subscriptions_id_fk" FOREIGN KEY ("subscription_id") REFERENCES "public"."subscriptions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "charge_attempts" ADD CONSTRAINT "charge_attempts_payment_token_id_payment_tokens_id_fk" FOREIGN KEY ("payment_token_id") REFERENCES "public"."payment_tokens"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "charge_attempts" ADD CONSTRAINT "charge_attempts_duplicate_of_charge_attempts_id_fk" FOREIGN KEY ("duplicate_of") REFERENCES "public"."charge_attempts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invoice_lines" ADD CONSTRAINT "invoice_lines_invoice_id_invoices_id_fk" FOREIGN KEY ("invoice_id") REFERENCES "public"."invoices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_subscription_id_subscriptions_id_fk" FOREIGN KEY ("subscription_id") REFERENCES "public"."subscriptions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_customer_id_customers_id_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "recovery_cases" ADD CONSTRAINT "recovery_cases_invoice_id_invoices_id_fk" FOREIGN KEY ("invoice_id") REFERENCES "public"."invoices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "recovery_cases" ADD CONSTRAINT "recovery_cases_subscription_id_subscriptions_id_fk" FOREIGN KEY ("subscription_id") REFERENCES "public"."subscriptions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "recovery_cases" ADD CONSTRAINT "recovery_cases_customer_id_customers_id_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "recovery_cases" ADD CONSTRAINT "recovery_cases_attempt_id_charge_attempts_id_fk" FOREIGN KEY ("attempt_id") REFERENCES "public"."charge_attempts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "import_rows" ADD CONSTRAINT "import_rows_run_id_import_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."import_runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outbox" ADD CONSTRAINT "outbox_customer_id_customers_id_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "audit_seals" ADD CONSTRAINT "audit_seals_audit_id_audit_log_id_fk" FOREIGN KEY ("audit_id") REFERENCES "public"."audit_log"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payment_tokens" ADD CONSTRAINT "payment_tokens_customer_id_customers_id_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "provision_requests" ADD CONSTRAINT "provision_requests_customer_id_customers_id_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "provision_requests" ADD CONSTRAINT "provision_requests_subscription_id_subscriptions_id_fk" FOREIGN KEY ("subscription_id") REFERENCES "public"."subscriptions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "subscription_items" ADD CONSTRAINT "subscription_items_subscription_id_subscriptions_id_fk" FOREIGN KEY ("subscription_id") REFERENCES "public"."subscriptions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_customer_id_customers_id_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "charge_attempts_number" ON "charge_attempts" USING btree ("invoice_id","number");--> statement-breakpoint
CREATE UNIQUE INDEX "charge_attempts_one_open" ON "charge_attempts" USING btree ("invoice_id") WHERE "charge_attempts"."status" in ('planned', 'sent', 'unknown', 'accepted');--> statement-breakpoint
CREATE UNIQUE INDEX "charge_attempts_one_captured" ON "charge_attempts" USING btree ("invoice_id") WHERE "charge_attempts"."status" = 'captured' and "charge_attempts"."duplicate_of" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "charge_attempts_key" ON "charge_attempts" USING btree ("idempotency_key");--> statement-breakpoint
CREATE UNIQUE INDEX "charge_attempts_session" ON "charge_attempts" USING btree ("payment_session_id");--> statement-breakpoint
CREATE INDEX "charge_attempts_due" ON "charge_attempts" USING btree ("due_at","id") WHERE "charge_attempts"."due_at" is not null;--> statement-breakpoint
CREATE INDEX "charge_attempts_subscription" ON "charge_attempts" USING btree ("subscription_id","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "invoice_lines_position" ON "invoice_lines" USING btree ("invoice_id","position");--> statement-breakpoint
CREATE UNIQUE INDEX "invoices_period" ON "invoices" USING btree ("subscription_id","period_start");--> statement-breakpoint
CREATE UNIQUE INDEX "invoices_number" ON "invoices" USING btree ("number");--> statement-breakpoint
CREATE INDEX "invoices_customer" ON "invoices" USING btree ("customer_id","created_at");--> statement-breakpoint
CREATE INDEX "invoices_unnumbered" ON "invoices" USING btree ("created_at") WHERE "invoices"."number" is null and "invoices"."status" <> 'skipped';--> statement-breakpoint
CREATE UNIQUE INDEX "recovery_cases_one_open" ON "recovery_cases" USING btree ("invoice_id") WHERE "recovery_cases"."status" = 'open';--> statement-breakpoint
CREATE INDEX "recovery_cases_customer" ON "recovery_cases" USING btree ("customer_id","status");--> statement-breakpoint
CREATE INDEX "recovery_cases_due" ON "recovery_cases" USING btree ("retry_at","id") WHERE "recovery_cases"."retry_at" is not null;--> statement-breakpoint
CREATE INDEX "import_rows_run" ON "import_rows" USING btree ("run_id");--> statement-breakpoint
CREATE UNIQUE INDEX "outbox_dedupe_key" ON "outbox" USING btree ("dedupe_key");--> statement-breakpoint
CREATE INDEX "outbox_due" ON "outbox" USING btree ("due_at","id") WHERE "outbox"."due_at" is not null;--> statement-breakpoint
CREATE INDEX "outbox_customer" ON "outbox" USING btree ("customer_id","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "webhook_inbox_delivery_key" ON "webhook_inbox" USING btree ("delivery_key");--> statement-breakpoint
CREATE INDEX "webhook_inbox_due" ON "webhook_inbox" USING btree ("due_at","id") WHERE "webhook_inbox"."due_at" is not null;--> statement-breakpoint
CREATE INDEX "webhook_inbox_received" ON "webhook_inbox" USING btree ("received_at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "audit_log_position" ON "audit_log" USING btree ("position");--> statement-breakpoint
CREATE INDEX "audit_log_subject" ON "audit_log" USING btree ("subject","position");--> statement-breakpoint
CREATE INDEX "audit_log_customer" ON "audit_log" USING btree ("customer_id","position");--> statement-breakpoint
CREATE UNIQUE INDEX "customers_email" ON "customers" USING btree ("email");--> statement-breakpoint
CREATE INDEX "sessions_user" ON "sessions" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "staff_email" ON "staff" USING btree ("email");--> statement-breakpoint
CREATE UNIQUE INDEX "payment_tokens_live" ON "payment_tokens" USING btree ("customer_id") WHERE "payment_tokens"."status" = 'live';--> statement-breakpoint
CREATE UNIQUE INDEX "payment_tokens_lookup" ON "payment_tokens" USING btree ("token_lookup");--> statement-breakpoint
CREATE INDEX "payment_tokens_customer" ON "payment_tokens" USING btree ("customer_id");--> statement-breakpoint
CREATE UNIQUE INDEX "provision_requests_key" ON "provision_requests" USING btree ("idempotency_key");--> statement-breakpoint
CREATE UNIQUE INDEX "provision_requests_truemed_id" ON "provision_requests" USING btree ("truemed_request_id");--> statement-breakpoint
CREATE INDEX "provision_requests_customer" ON "provision_requests" USING btree ("customer_id","created_at");--> statement-breakpoint
CREATE INDEX "provision_requests_due" ON "provision_requests" USING btree ("due_at","id") WHERE "provision_requests"."due_at" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "subscription_items_position" ON "subscription_items" USING btree ("subscription_id","position");--> statement-breakpoint
CREATE UNIQUE INDEX "subscriptions_external_id" ON "subscriptions" USING btree ("external_id");--> statement-breakpoint
CREATE INDEX "subscriptions_customer" ON "subscriptions" USING btree ("customer_id");--> statement-breakpoint
CREATE INDEX "subscriptions_due" ON "subscriptions" USING btree ("next_charge_at","id") WHERE "subscriptions"."billing_method" = 'hsa_fsa' and "subscriptions"."status" in ('active', 'trialing') and "subscriptions"."next_charge_at" is not null;--> statement-breakpoint
CREATE INDEX "subscriptions_hand_over" ON "subscriptions" USING btree ("moved_at") WHERE "subscriptions"."moved_at" is not null and "subscriptions"."hand_over_confirmed_at" is null;