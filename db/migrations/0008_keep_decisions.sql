CREATE TABLE "decisions" (
	"id" text PRIMARY KEY NOT NULL,
	"subscription_id" text NOT NULL,
	"period_start" date NOT NULL,
	"invoice_id" text,
	"verdict" text NOT NULL,
	"inputs" jsonb NOT NULL,
	"rule_version" integer NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "decisions_verdict" CHECK ("decisions"."verdict" in ('charge', 'billed_elsewhere', 'canceled', 'paused', 'hand_over', 'ends_with_period', 'not_due', 'previous_open', 'token_updating', 'no_token'))
);
--> statement-breakpoint
ALTER TABLE "subscriptions" ADD COLUMN "held_for" date;--> statement-breakpoint
ALTER TABLE "decisions" ADD CONSTRAINT "decisions_subscription_id_subscriptions_id_fk" FOREIGN KEY ("subscription_id") REFERENCES "public"."subscriptions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "decisions" ADD CONSTRAINT "decisions_invoice_id_invoices_id_fk" FOREIGN KEY ("invoice_id") REFERENCES "public"."invoices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "decisions_once" ON "decisions" USING btree ("subscription_id","period_start","verdict");--> statement-breakpoint
CREATE INDEX "decisions_invoice" ON "decisions" USING btree ("invoice_id") WHERE "decisions"."invoice_id" is not null;--> statement-breakpoint
CREATE INDEX "subscriptions_held" ON "subscriptions" USING btree ("next_charge_at","id") WHERE "subscriptions"."next_charge_at" is not null and ("subscriptions"."status" in ('paused', 'past_due') or "subscriptions"."cancel_on" is not null) and "subscriptions"."held_for" is distinct from "subscriptions"."next_charge_on";