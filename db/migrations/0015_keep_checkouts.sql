CREATE TABLE "checkouts" (
	"id" text PRIMARY KEY NOT NULL,
	"customer_id" text NOT NULL,
	"status" text NOT NULL,
	"path" text NOT NULL,
	"plan_id" text NOT NULL,
	"sku" text NOT NULL,
	"name" text NOT NULL,
	"quantity" integer NOT NULL,
	"unit_price_cents" integer NOT NULL,
	"price_id" text NOT NULL,
	"shipping_cents" integer NOT NULL,
	"interval_unit" text NOT NULL,
	"interval_count" integer NOT NULL,
	"time_zone" text NOT NULL,
	"total_cents" integer NOT NULL,
	"trial_ends_on" date,
	"consent_version" text NOT NULL,
	"consent_text" text NOT NULL,
	"consented_at" timestamp with time zone NOT NULL,
	"request_body" "bytea",
	"request_sha256" text,
	"payment_session_id" text,
	"redirect_url" "bytea",
	"provision_request_id" text,
	"error_code" text,
	"returned_at" timestamp with time zone,
	"declined_at" timestamp with time zone,
	"last_asked_at" timestamp with time zone,
	"token_linked_at" timestamp with time zone,
	"subscription_id" text,
	"completed_at" timestamp with time zone,
	"tries" integer DEFAULT 0 NOT NULL,
	"due_at" timestamp with time zone,
	"lease_until" timestamp with time zone,
	"lease_epoch" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "checkouts_status" CHECK ("checkouts"."status" in ('planned', 'open', 'processing', 'completed', 'duplicate', 'rejected', 'canceled', 'refused')),
	CONSTRAINT "checkouts_path" CHECK ("checkouts"."path" in ('session', 'token')),
	CONSTRAINT "checkouts_interval_unit" CHECK ("checkouts"."interval_unit" in ('day', 'week', 'month', 'year')),
	CONSTRAINT "checkouts_quantity" CHECK ("checkouts"."quantity" between 1 and 99),
	CONSTRAINT "checkouts_total" CHECK ("checkouts"."total_cents" > 0),
	CONSTRAINT "checkouts_body" CHECK (("checkouts"."path" = 'session') = ("checkouts"."request_body" is not null)),
	CONSTRAINT "checkouts_sha256" CHECK (("checkouts"."request_body" is null) = ("checkouts"."request_sha256" is null)),
	CONSTRAINT "checkouts_begun" CHECK ("checkouts"."status" <> 'completed' or "checkouts"."subscription_id" is not null)
);
--> statement-breakpoint
ALTER TABLE "events" DROP CONSTRAINT "events_type";--> statement-breakpoint
ALTER TABLE "charge_attempts" ALTER COLUMN "payment_token_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "verification_tokens" ADD COLUMN "welcomes_newcomer" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "checkouts" ADD CONSTRAINT "checkouts_customer_id_customers_id_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "checkouts" ADD CONSTRAINT "checkouts_plan_id_plans_id_fk" FOREIGN KEY ("plan_id") REFERENCES "public"."plans"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "checkouts" ADD CONSTRAINT "checkouts_provision_request_id_provision_requests_id_fk" FOREIGN KEY ("provision_request_id") REFERENCES "public"."provision_requests"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "checkouts" ADD CONSTRAINT "checkouts_subscription_id_subscriptions_id_fk" FOREIGN KEY ("subscription_id") REFERENCES "public"."subscriptions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "checkouts" ADD CONSTRAINT "checkouts_price_version" FOREIGN KEY ("price_id","unit_price_cents") REFERENCES "public"."prices"("id","unit_price_cents") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "checkouts_one_live" ON "checkouts" USING btree ("customer_id") WHERE "checkouts"."status" in ('planned', 'open', 'processing');--> statement-breakpoint
CREATE UNIQUE INDEX "checkouts_session" ON "checkouts" USING btree ("payment_session_id");--> statement-breakpoint
CREATE UNIQUE INDEX "checkouts_request" ON "checkouts" USING btree ("provision_request_id");--> statement-breakpoint
CREATE UNIQUE INDEX "checkouts_subscription" ON "checkouts" USING btree ("subscription_id");--> statement-breakpoint
CREATE INDEX "checkouts_customer" ON "checkouts" USING btree ("customer_id","created_at");--> statement-breakpoint
CREATE INDEX "checkouts_due" ON "checkouts" USING btree ("due_at","id") WHERE "checkouts"."due_at" is not null;--> statement-breakpoint
CREATE INDEX "checkouts_unsettled" ON "checkouts" USING btree ("created_at") WHERE "checkouts"."status" in ('processing', 'refused', 'duplicate');--> statement-breakpoint
ALTER TABLE "events" ADD CONSTRAINT "events_type" CHECK ("events"."type" in ('invoice.paid', 'invoice.refunded', 'subscription.started', 'subscription.moved', 'subscription.past_due', 'subscription.active', 'subscription.paused', 'subscription.resumed', 'subscription.cancel_scheduled', 'subscription.cancel_undone', 'subscription.canceled', 'subscription.reactivated', 'subscription.updated', 'payment_method.linked', 'payment_method.updated', 'payment_method.removed'));