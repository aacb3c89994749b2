// SPDX-License-Identifier: GPL-2.0-only
/* A result file as one HTML page, that needs nothing beside it */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/run.h"
#include "core/util.h"
#include "net/tool.h"
#include "report/findings.h"
#include "report/html.h"
#include "report/report.h"
#include "report/report_priv.h"
#include "report/result.h"
#include "report/results.h"

static const char *const validity_means[] = {
	[VALIDITY_VALID] = "a time, on the CPU that ran the tool",
	[VALIDITY_INDICATIVE] = "a real time, not one to rely on; the reason is below the table",
	[VALIDITY_EMULATED] = "the CPU is emulated: counts hold, times do not, and none is shown",
	[VALIDITY_INVALID] = "no number is shown: something that would falsify it was found",
	[VALIDITY_NOT_MEASURED] = "something is missing; the reason names it",
};

static void field(FILE *out, const char *before, const char *text, const char *after)
{
	if (!*text)
		return;
	fputs(before, out);
	html_text(out, text);
	fputs(after, out);
}

static void print_seconds(FILE *out, double s)
{
	if (!isnan(s) && s < 120)
		fprintf(out, "%.0f s", s);
	else if (!isnan(s))
		fprintf(out, "%.0f min", s / 60);
	else
		fputs("&ndash;", out);
}

/* The targets that benches ran on, in words */
static void print_targets(struct report *r)
{
	struct json_object *list = json_array_of(r->results, "environments");
	size_t i;

	if (!list)
		field(r->out, " &middot; target ",
		      json_text(json_object_of(r->results, "environment"), "target"), "");
	for (i = 0; i < json_length(list); i++)
		field(r->out, i ? ", " : " &middot; targets ",
		      json_text(json_object_array_get_idx(list, i), "target"), "");
}

static void print_head(struct report *r)
{
	struct json_object *env = json_object_of(r->results, "environment");
	FILE *out = r->out;

	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	      "<meta name=\"color-scheme\" content=\"light dark\">\n"
	      "<meta http-equiv=\"Content-Security-Policy\"\n"
	      "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n", out);
	field(out, "<title>hookcost, ", json_text(r->results, "date"), "</title>\n");
	fprintf(out, "<style>\n%s</style>\n</head>\n<body>\n<header>\n", report_style);
	fputs("<h1>What an eBPF hook costs a packet</h1>\n<p class=\"soft\">", out);
	field(out, "", json_text(r->results, "date"), "");
	print_targets(r);
	field(out, " &middot; Linux ", json_text(env, "kernel"), "");
	field(out, " &middot; ", json_text(env, "cpu"), "");
	field(out, " &middot; hookcost ", json_text(r->results, "tool_version"), "");
	fputs("</p>\n", out);
}

/* What was asked for and has not come to an end */
static void print_interrupted(struct report *r)
{
	struct json_object *asked = json_array_of(r->results, "asked");
	struct json_object *benches = json_array_of(r->results, "benches");
	const char *before = " Not begun: ";
	size_t i;

	if (!json_flag(r->results, "interrupted"))
		return;
	fputs("<p class=\"warn\"><strong>Interrupted.</strong>\n"
	      "These are the results of a run that did not come to its end; the last bench\n"
	      "may lack rows.", r->out);
	for (i = 0; i < json_length(asked); i++) {
		struct json_object *o = json_object_array_get_idx(asked, i);
		const char *name = json_object_get_string(o) ?: "";

		if (json_find(benches, "name", name))
			continue;
		field(r->out, before, name, "");
		before = ", ";
	}
	fputs(*before == ',' ? ".</p>\n" : "</p>\n", r->out);
}

static bool has_plot(struct json_object *benches)
{
	size_t i, j;

	for (i = 0; i < json_length(benches); i++) {
		struct json_object *tables = json_array_of(json_object_array_get_idx(benches, i),
							   "tables");

		for (j = 0; j < json_length(tables); j++) {
			struct json_object *t = json_object_array_get_idx(tables, j);

			if (json_object_of(t, "plot") && !report_is_path(t))
				return true;
		}
	}
	return false;
}

static void print_contents(struct report *r)
{
	struct json_object *benches = json_array_of(r->results, "benches");
	size_t i;

	fputs("</header>\n<nav aria-labelledby=\"contents\">\n"
	      "<h2 id=\"contents\">Contents</h2>\n<ol>\n", r->out);
	if (has_plot(benches))
		fputs("<li><a href=\"#figures\">Figures</a></li>\n", r->out);
	for (i = 0; i < json_length(benches); i++) {
		struct json_object *b = json_object_array_get_idx(benches, i);

		fputs("<li><a href=\"#bench-", r->out);
		html_id(r->out, json_text(b, "name"));
		field(r->out, "\">", json_text(b, "name"), "</a>");
		field(r->out, " ", json_text(b, "title"), "");
		fputs("</li>\n", r->out);
	}
	if (findings_any(r->results))
		fputs("<li><a href=\"#findings\">What the paper observes</a></li>\n", r->out);
	fputs("<li><a href=\"#validity\">Validity</a></li>\n"
	      "<li><a href=\"#environment\">Environment</a></li>\n"
	      "</ol></nav>\n<main>\n", r->out);
}

/* Beside the picture: what each bench says, in a sentence */
static void print_sentences(struct report *r)
{
	struct json_object *benches = json_array_of(r->results, "benches");
	bool any = false;
	size_t i;

	for (i = 0; i < json_length(benches); i++) {
		struct json_object *b = json_object_array_get_idx(benches, i);

		if (!*json_text(b, "sentence"))
			continue;
		fputs(any ? "<li><a href=\"#bench-" : "<ul class=\"says\">\n<li><a href=\"#bench-",
		      r->out);
		html_id(r->out, json_text(b, "name"));
		field(r->out, "\">", json_text(b, "name"), "</a>: ");
		field(r->out, "", json_text(b, "sentence"), "</li>\n");
		any = true;
	}
	fputs(any ? "</ul>\n" : "", r->out);
}

/* What the paper observes, where a bench that says so was run */
static void print_findings(struct report *r)
{
	struct evidence e[COMPARISONS_MAX];
	size_t i, k, n;

	if (!findings_any(r->results))
		return;
	fputs("<section aria-labelledby=\"findings\">\n"
	      "<h2 id=\"findings\">What the paper observes</h2>\n<dl>\n", r->out);
	for (i = 0; i < nobservations; i++) {
		enum finding f = observation_judge(&observations[i], r->results, e, &n);

		field(r->out, "<dt>", observations[i].claim, "");
		field(r->out, " (", observations[i].source, "): <strong>");
		field(r->out, "", finding_name(f), "</strong></dt>\n");
		for (k = 0; k < n; k++) {
			char *text = evidence_text(&e[k]);

			field(r->out, "<dd>", text, "</dd>\n");
			free(text);
		}
	}
	fputs("</dl></section>\n", r->out);
}

static void count_validity(struct json_object *bench, size_t count[VALIDITY_NOT_MEASURED + 1])
{
	struct json_object *tables = json_array_of(bench, "tables");
	enum validity v;
	size_t i, j;

	for (i = 0; i < json_length(tables); i++) {
		struct json_object *rows = json_array_of(json_object_array_get_idx(tables, i),
							 "rows");

		for (j = 0; j < json_length(rows); j++)
			for (v = VALIDITY_VALID; v <= VALIDITY_NOT_MEASURED; v++) {
				struct json_object *row = json_object_array_get_idx(rows, j);

				count[v] += !strcmp(validity_name(v), json_validity(row));
			}
	}
}

static void print_validity_row(struct report *r, struct json_object *b)
{
	size_t count[VALIDITY_NOT_MEASURED + 1] = { 0 };
	const char *kind = json_text(json_object_of(b, "device"), "kind");
	enum validity v;

	count_validity(b, count);
	fputs("<tr><th scope=\"row\"><a href=\"#bench-", r->out);
	html_id(r->out, json_text(b, "name"));
	field(r->out, "\">", json_text(b, "name"), "</a></th><td>");
	html_text(r->out, results_target(r->results, b));
	fputs("</td><td>", r->out);
	html_text(r->out, kind);
	fputs("</td>", r->out);
	for (v = VALIDITY_VALID; v <= VALIDITY_NOT_MEASURED; v++) {
		if (count[v])
			fprintf(r->out, "<td>%zu</td>", count[v]);
		else
			fputs("<td class=\"none\">&ndash;</td>", r->out);
	}
	fputs("<td>", r->out);
	print_seconds(r->out, json_double(b, "seconds"));
	fputs("</td></tr>\n", r->out);
}

static void print_validity(struct report *r)
{
	struct json_object *benches = json_array_of(r->results, "benches");
	enum validity v;
	size_t i;

	fputs("<section aria-labelledby=\"validity\"><h2 id=\"validity\">Validity</h2>\n"
	      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Rows by validity\">\n"
	      "<table>\n<caption>Rows by validity</caption>\n"
	      "<thead><tr><th scope=\"col\">bench</th>\n"
	      "<th scope=\"col\">target</th><th scope=\"col\">device</th>", r->out);
	for (v = VALIDITY_VALID; v <= VALIDITY_NOT_MEASURED; v++) {
		fputs("<th scope=\"col\">", r->out);
		report_validity(r->out, validity_name(v));
		fputs("</th>", r->out);
	}
	fputs("<th scope=\"col\">time</th></tr></thead>\n<tbody>\n", r->out);
	for (i = 0; i < json_length(benches); i++)
		print_validity_row(r, json_object_array_get_idx(benches, i));
	fputs("</tbody></table></div>\n<dl>\n", r->out);
	for (v = VALIDITY_VALID; v <= VALIDITY_NOT_MEASURED; v++) {
		fputs("<dt>", r->out);
		report_validity(r->out, validity_name(v));
		fprintf(r->out, "</dt><dd>%s</dd>\n", validity_means[v]);
	}
	fputs("</dl></section>\n", r->out);
}

/* Where it ran, if not all did there, and over what */
static void print_where(struct report *r, struct json_object *b)
{
	struct json_object *d = json_object_of(b, "device");
	struct json_object *env = results_environment(r->results, b);
	const char *source = json_text(b, "source");

	/* the paper is named at the top */
	if (strcmp(source, json_text(r->results, "paper")))
		field(r->out, "<p class=\"soft\">Columns \"paper\": ", source, "</p>\n");
	if (json_array_of(r->results, "environments")) {
		field(r->out, "<p class=\"soft\">Target ", results_target(r->results, b), "");
		field(r->out, ": Linux ", json_text(env, "kernel"), "");
		fputs(json_flag(env, "patched") ? ", patched.</p>\n" : ", not patched.</p>\n",
		      r->out);
	}
	if (!d)
		return;
	field(r->out, "<p class=\"soft\">Over ", json_text(d, "kind"), "");
	field(r->out, ": ", json_text(d, "netdev"), "");
	field(r->out, ", driven by ", json_text(d, "driver"), "");
	field(r->out, "; its peer is ", json_text(d, "peer"), "");
	fputs(".</p>\n", r->out);
}

static void print_bench(struct report *r, struct json_object *b)
{
	struct json_object *tables = json_array_of(b, "tables"), *notes = json_array_of(b, "notes");
	const char *name = json_text(b, "name");
	size_t i;

	fputs("<section aria-labelledby=\"bench-", r->out);
	html_id(r->out, name);
	fputs("\"><h2 id=\"bench-", r->out);
	html_id(r->out, name);
	field(r->out, "\"><code>", name, "</code>");
	field(r->out, " ", json_text(b, "title"), "");
	fputs("</h2>\n", r->out);
	print_where(r, b);
	field(r->out, "<p class=\"warn\"><strong>Failed:</strong> ", json_text(b, "failed"),
	      "</p>\n");
	field(r->out, "<p><strong>", json_text(b, "sentence"), "</strong></p>\n");
	for (i = 0; i < json_length(tables) && !interrupted(); i++)
		report_table(r, name, json_object_array_get_idx(tables, i));
	if (json_length(notes))
		fputs("<ul>\n", r->out);
	for (i = 0; i < json_length(notes); i++) {
		fputs("<li>", r->out);
		html_text(r->out,
			  json_object_get_string(json_object_array_get_idx(notes, i)) ?: "");
		fputs("</li>\n", r->out);
	}
	fputs(json_length(notes) ? "</ul></section>\n" : "</section>\n", r->out);
}

static void print_figures(struct report *r)
{
	struct json_object *benches = json_array_of(r->results, "benches");
	size_t i, j;

	if (!has_plot(benches))
		return;
	fputs("<section aria-labelledby=\"figures\"><h2 id=\"figures\">Figures</h2>\n", r->out);
	for (i = 0; i < json_length(benches); i++) {
		struct json_object *b = json_object_array_get_idx(benches, i);
		struct json_object *tables = json_array_of(b, "tables");

		for (j = 0; j < json_length(tables) && !interrupted(); j++) {
			struct json_object *t = json_object_array_get_idx(tables, j);

			if (!report_is_path(t))
				report_plot(r, json_text(b, "name"), t);
		}
	}
	fputs("</section>\n", r->out);
}

int report_html(FILE *out, struct json_object *results)
{
	struct json_object *benches = json_array_of(results, "benches");
	struct report r = { .out = out, .results = results };
	size_t i;

	if (has_plot(benches) && !tool_find("gnuplot", r.no_plot, sizeof(r.no_plot)))
		err("figures are left out: %s", r.no_plot);
	print_head(&r);
	print_interrupted(&r);
	fputs("<div class=\"first\">\n", r.out);
	report_path(&r);
	print_sentences(&r);
	fputs("</div>\n", r.out);
	print_contents(&r);
	print_figures(&r);
	for (i = 0; i < json_length(benches) && !interrupted(); i++)
		print_bench(&r, json_object_array_get_idx(benches, i));
	print_findings(&r);
	print_validity(&r);
	report_environment(&r);
	fputs("</main>\n<footer><p>&ldquo;paper&rdquo;: Shahinfar, Miano, Panda, Antichi:\n"
	      "Demystifying Performance of eBPF Network Applications.\n"
	      "Proc. ACM Netw. 3, CoNEXT3, Article 16 (2025)", out);
	field(out, ", ", json_text(results, "paper"), "");
	fputs(". Its machines are others; shapes can be compared, times only with care.</p>\n"
	      "</footer>\n</body>\n</html>\n", out);
	return interrupted() ? -EINTR : 0;
}
