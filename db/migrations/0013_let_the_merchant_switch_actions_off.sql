CREATE TABLE "settings" (
	"version" integer PRIMARY KEY NOT NULL,
	"switches" jsonb NOT NULL,
	"made_by" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL
);
