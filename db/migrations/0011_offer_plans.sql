ALTER TABLE "plans" ADD COLUMN "description" text;--> statement-breakpoint
ALTER TABLE "plans" ADD COLUMN "intervals" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "plans" ADD COLUMN "trial_days" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "plans" ADD COLUMN "shipping_cents" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "plans" ADD COLUMN "offered_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "plans" ADD CONSTRAINT "plans_trial_days" CHECK ("plans"."trial_days" between 0 and 365);--> statement-breakpoint
ALTER TABLE "plans" ADD CONSTRAINT "plans_shipping" CHECK ("plans"."shipping_cents" >= 0);--> statement-breakpoint
ALTER TABLE "plans" ADD CONSTRAINT "plans_offered" CHECK ("plans"."offered_at" is null or ("plans"."description" is not null and jsonb_array_length("plans"."intervals") > 0));