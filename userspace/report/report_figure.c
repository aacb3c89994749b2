// SPDX-License-Identifier: GPL-2.0-only
/* A figure of the report: gnuplot draws it, as a child, and its SVG becomes part of the page */
#include <errno.h>
#include <string.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include "core/run.h"
#include "core/util.h"
#include "net/tool.h"
#include "report/html.h"
#include "report/report_priv.h"
#include "report/results.h"

#define SECONDS 30

/* What gnuplot makes of it, to be freed; NULL with err() said */
static char *draw(const char *script)
{
	const char *const argv[] = { "gnuplot", "-d", NULL };
	size_t len = strlen(script), mark = cleanup_mark();
	struct tool_setup setup = { 0 };
	char *svg = NULL;
	struct tool t;

	/* above the three that a child has anyway */
	setup.input = memfd_create("hookcost-plot", MFD_CLOEXEC);
	if (setup.input < 0 || write(setup.input, script, len) != (ssize_t)len ||
	    lseek(setup.input, 0, SEEK_SET)) {
		err("gnuplot: cannot make a file in memory: %s", strerror(errno));
	} else if (!tool_start(&t, &setup, NULL, argv) && !tool_wait(&t, NULL, SECONDS)) {
		svg = tool_stdout(&t);
		if (!strstr(svg, "<svg") || !strstr(svg, "</svg>")) {
			err("gnuplot has drawn nothing");
			free(svg);
			svg = NULL;
		}
	}
	cleanup_to(mark);
	if (setup.input >= 0)
		close(setup.input);
	return svg;
}

/* Length of what begins s and has no place in the page; 0 if nothing does */
static size_t needless(const char *s)
{
	static const char *const parts[][2] = {
		{ "<title>", "</title>" }, { "<desc>", "</desc>" }, { "<filter", "</filter>" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		const char *end;

		if (strncmp(s, parts[i][0], strlen(parts[i][0])))
			continue;
		end = strstr(s, parts[i][1]);
		if (end)
			return (size_t)(end - s) + strlen(parts[i][1]);
	}
	return 0;
}

/* All from <svg> on, its ids made unique in the page */
static void embed(FILE *out, const char *svg, unsigned int figure)
{
	static const char *const names[] = { " id='", " id=\"", "href='#", "href=\"#" };
	const char *s = strchr(strstr(svg, "<svg"), '>') + 1;
	const char *end = strstr(s, "</svg>");
	size_t i, skip;

	while (s < end) {
		skip = needless(s);
		if (skip) {
			s += skip;
			continue;
		}
		for (i = 0; i < ARRAY_SIZE(names); i++)
			if (!strncmp(s, names[i], strlen(names[i])))
				break;
		if (i < ARRAY_SIZE(names)) {
			fprintf(out, "%sf%u-", names[i], figure);
			s += strlen(names[i]);
			continue;
		}
		putc(*s++, out);
	}
}

static void left_out(struct report *r, const char *bench, const char *why)
{
	fputs("<p class=\"soft\">", r->out);
	html_text(r->out, bench);
	fputs(": The figure is left out: ", r->out);
	html_text(r->out, why);
	fputs(".</p>\n", r->out);
}

static void print_title(FILE *out, struct json_object *table)
{
	const char *title = json_text(table, "title");

	html_text(out, *title ? title : json_text(table, "key"));
}

void report_plot(struct report *r, const char *bench, struct json_object *table)
{
	struct json_object *plot = json_object_of(table, "plot");
	char *script, *svg;
	bool has_paper;

	if (!plot || !json_length(json_array_of(table, "rows")))
		return;
	script = plot_script(table);
	if (!script) {
		left_out(r, bench, "it has no point that was measured");
		return;
	}
	svg = *r->no_plot ? NULL : draw(script);
	has_paper = strstr(script, ", paper'");
	free(script);
	if (!svg) {
		left_out(r, bench, *r->no_plot ? r->no_plot : err_last());
		return;
	}
	r->figures++;
	fprintf(r->out, "<figure><svg xmlns=\"http://www.w3.org/2000/svg\"\n"
		"xmlns:xlink=\"http://www.w3.org/1999/xlink\" viewBox=\"0 0 840 440\" role=\"img\"\n"
		"aria-labelledby=\"f%u-title f%u-desc\"><title id=\"f%u-title\">", r->figures,
		r->figures, r->figures);
	print_title(r->out, table);
	fprintf(r->out, "</title><desc id=\"f%u-desc\">", r->figures);
	html_text(r->out, json_text(plot, "y"));
	fputs(!strcmp(json_text(plot, "kind"), "bars") ? " for each row" : " against ", r->out);
	if (strcmp(json_text(plot, "kind"), "bars"))
		html_text(r->out, json_text(plot, "x"));
	fputs("; the numbers are in the table below</desc>", r->out);
	embed(r->out, svg, r->figures);
	fputs("</svg>\n<figcaption><a href=\"#bench-", r->out);
	html_id(r->out, bench);
	fputs("\">", r->out);
	html_text(r->out, bench);
	fputs("</a>: ", r->out);
	print_title(r->out, table);
	fputs(has_paper ? ". Dashed: the paper.</figcaption></figure>\n" :
	      ".</figcaption></figure>\n", r->out);
	free(svg);
}
