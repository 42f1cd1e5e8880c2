ALTER TABLE "subscriptions" ADD COLUMN "pause_until" date;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD COLUMN "cancel_on" date;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD COLUMN "canceled_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD COLUMN "change_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD COLUMN "lease_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD COLUMN "lease_epoch" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "subscriptions_change_due" ON "subscriptions" USING btree ("change_at","id") WHERE "subscriptions"."change_at" is not null;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_pause" CHECK ("subscriptions"."pause_until" is null or "subscriptions"."status" = 'paused');--> statement-breakpoint
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_cancel" CHECK ("subscriptions"."cancel_on" is null or "subscriptions"."status" in ('trialing', 'active', 'past_due'));--> statement-breakpoint
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_canceled" CHECK ("subscriptions"."canceled_at" is null or "subscriptions"."status" = 'canceled');--> statement-breakpoint
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_change" CHECK (("subscriptions"."change_at" is null) = ("subscriptions"."pause_until" is null and "subscriptions"."cancel_on" is null));