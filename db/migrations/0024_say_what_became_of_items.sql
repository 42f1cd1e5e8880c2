ALTER TABLE "pending_item_changes" ADD COLUMN "dismissed_at" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "pending_item_changes_said" ON "pending_item_changes" USING btree ("subscription_id","created_at") WHERE "pending_item_changes"."status" in ('refused', 'abandoned') and "pending_item_changes"."dismissed_at" is null;--> statement-breakpoint
-- Mail has told of what ended before: only what ends from now on is said on the page.
UPDATE "pending_item_changes" SET "dismissed_at" = "closed_at" WHERE "status" in ('refused', 'abandoned');
