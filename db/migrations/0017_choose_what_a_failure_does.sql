ALTER TABLE "recovery_cases" ADD COLUMN "left_out" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD COLUMN "failure_choice" text DEFAULT 'wait' NOT NULL;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_failure_choice" CHECK ("subscriptions"."failure_choice" in ('wait', 'skip'));