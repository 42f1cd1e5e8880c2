ALTER TABLE "customers" ADD COLUMN "address" jsonb;--> statement-breakpoint
ALTER TABLE "customers" ADD COLUMN "wants_reminders" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "customers" ADD COLUMN "upcoming_notice_days" integer DEFAULT 7 NOT NULL;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD COLUMN "address" jsonb;--> statement-breakpoint
ALTER TABLE "customers" ADD CONSTRAINT "customers_notice_days" CHECK ("customers"."upcoming_notice_days" in (0, 3, 7, 14));