CREATE TABLE "email_changes" (
	"id" text PRIMARY KEY NOT NULL,
	"customer_id" text NOT NULL,
	"status" text NOT NULL,
	"new_email" text,
	"old_link" text,
	"new_link" text,
	"expires_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"closed_at" timestamp with time zone,
	CONSTRAINT "email_changes_status" CHECK ("email_changes"."status" in ('open', 'done', 'ended')),
	CONSTRAINT "email_changes_closed" CHECK (("email_changes"."status" = 'open') = ("email_changes"."closed_at" is null)),
	CONSTRAINT "email_changes_over" CHECK ("email_changes"."status" = 'open' or ("email_changes"."new_email" is null and "email_changes"."old_link" is null and "email_changes"."new_link" is null))
);
--> statement-breakpoint
CREATE TABLE "former_emails" (
	"email" text PRIMARY KEY NOT NULL,
	"customer_id" text NOT NULL,
	"changed_at" timestamp with time zone NOT NULL,
	CONSTRAINT "former_emails_lower" CHECK ("former_emails"."email" = lower("former_emails"."email"))
);
--> statement-breakpoint
ALTER TABLE "email_changes" ADD CONSTRAINT "email_changes_customer_id_customers_id_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "former_emails" ADD CONSTRAINT "former_emails_customer_id_customers_id_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "email_changes_open" ON "email_changes" USING btree ("customer_id") WHERE "email_changes"."status" = 'open';--> statement-breakpoint
CREATE INDEX "email_changes_customer" ON "email_changes" USING btree ("customer_id","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "email_changes_old_link" ON "email_changes" USING btree ("old_link");--> statement-breakpoint
CREATE UNIQUE INDEX "email_changes_new_link" ON "email_changes" USING btree ("new_link");--> statement-breakpoint
CREATE INDEX "former_emails_customer" ON "former_emails" USING btree ("customer_id");