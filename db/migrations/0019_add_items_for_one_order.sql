CREATE TABLE "once_items" (
	"id" text PRIMARY KEY NOT NULL,
	"subscription_id" text NOT NULL,
	"request_id" text NOT NULL,
	"sku" text NOT NULL,
	"name" text NOT NULL,
	"quantity" integer NOT NULL,
	"unit_price_cents" integer NOT NULL,
	"price_id" text NOT NULL,
	"status" text NOT NULL,
	"invoice_id" text,
	"created_at" timestamp with time zone NOT NULL,
	"closed_at" timestamp with time zone,
	CONSTRAINT "once_items_status" CHECK ("once_items"."status" in ('waiting', 'invoiced', 'removed')),
	CONSTRAINT "once_items_quantity" CHECK ("once_items"."quantity" >= 1),
	CONSTRAINT "once_items_invoiced" CHECK (("once_items"."status" = 'invoiced') = ("once_items"."invoice_id" is not null)),
	CONSTRAINT "once_items_closed" CHECK (("once_items"."status" = 'waiting') = ("once_items"."closed_at" is null))
);
--> statement-breakpoint
ALTER TABLE "invoice_lines" ADD COLUMN "is_once" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "pending_item_changes" ADD COLUMN "once_item" jsonb;--> statement-breakpoint
ALTER TABLE "once_items" ADD CONSTRAINT "once_items_subscription_id_subscriptions_id_fk" FOREIGN KEY ("subscription_id") REFERENCES "public"."subscriptions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "once_items" ADD CONSTRAINT "once_items_request_id_provision_requests_id_fk" FOREIGN KEY ("request_id") REFERENCES "public"."provision_requests"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "once_items" ADD CONSTRAINT "once_items_invoice_id_invoices_id_fk" FOREIGN KEY ("invoice_id") REFERENCES "public"."invoices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "once_items" ADD CONSTRAINT "once_items_price_version" FOREIGN KEY ("price_id","unit_price_cents") REFERENCES "public"."prices"("id","unit_price_cents") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "once_items_waiting" ON "once_items" USING btree ("subscription_id","sku") WHERE "once_items"."status" = 'waiting';--> statement-breakpoint
CREATE INDEX "once_items_subscription" ON "once_items" USING btree ("subscription_id","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "once_items_request" ON "once_items" USING btree ("request_id");--> statement-breakpoint
CREATE INDEX "once_items_invoice" ON "once_items" USING btree ("invoice_id") WHERE "once_items"."invoice_id" is not null;