// SPDX-License-Identifier: GPL-2.0-only
#include <json-c/json.h>
#include <json-c/json_pointer.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include "core/run.h"
#include "core/util.h"
#include "net/tool.h"
#include "report/html.h"
#include "report/report.h"
#include "report/report_priv.h"
#include "report/results.h"
#include "unit.h"

static const char head[] =
	"{\"schema\": \"hookcost/1\", \"date\": \"D\", \"paper\": \"P\", \"new\": {\"field\": 1},\n"
	"\"environment\": {\"verdict\": \"valid\", \"reason\": \"\", \"target\": \"uml\"},\n"
	"\"interrupted\": false, \"benches\": [{\"name\": \"b\", \"title\": \"T\", \"tables\": [";

static const char lines[] =
	"{\"key\": \"t\", \"title\": \"Rates\", \"columns\": [{\"key\": \"c\", \"head\": \"eBPF\",\n"
	"\"unit\": \"Mpps\", \"decimals\": 2}, {\"key\": \"n\", \"head\": \"n\", \"unit\": \"\"}],\n"
	"\"plot\": {\"kind\": \"lines\", \"x\": \"it's\", \"y\": \"Mpps\", \"log_x\": true,\n"
	"\"columns\": [\"c\", \"gone\"]}, \"rows\": [\n"
	"{\"key\": \"0\", \"label\": \"none\", \"x\": 0, \"verdict\": \"valid\", \"reason\": \"\",\n"
	"\"cells\": {\"c\": 14.5, \"n\": 12345}, \"paper\": {\"c\": 15.25}},\n"
	"{\"key\": \"2\", \"label\": \"two\", \"x\": 2, \"verdict\": \"invalid\", \"reason\": \"broken\",\n"
	"\"cells\": {\"c\": null, \"n\": null}, \"paper\": {}},\n"
	"{\"key\": \"8\", \"label\": \"eight\", \"x\": 8, \"verdict\": \"indicative\",\n"
	"\"reason\": \"few\", \"cells\": {\"c\": -0.001}, \"paper\": {\"c\": 3}}]}";

static char *file(const char *name, const char *tables, const char *tail)
{
	char *text = xasprintf("%s%s%s", head, tables, tail);

	unit_write(name, text);
	free(text);
	return xasprintf("%s/%s", unit_folder(), name);
}

static struct json_object *load(const char *tables)
{
	char *path = file("good.json", tables, "], \"notes\": [\"<i>a note</i>\"]}]}");
	struct json_object *o = results_load(path);

	free(path);
	CHECK(o);
	return o;
}

static char *page_of(struct json_object *o)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	CHECK_INT(report_html(f, o), 0);
	fclose(f);
	return text;
}

static void refused(const char *path, const char *why)
{
	unit_capture();
	CHECK(!results_load(path));
	CHECK_HAS(unit_captured(), why);
}

static void loads(void)
{
	struct json_object *o = load(lines), *b = json_array_of(o, "benches");

	CHECK_INT(json_length(b), 1);
	CHECK_STR(json_text(json_find(b, "name", "b"), "title"), "T");
	CHECK(!json_find(b, "name", "c"));
	CHECK_STR(json_text(o, "benches"), "");
	CHECK(isnan(json_double(o, "schema")));
	CHECK(!json_flag(o, "interrupted") && !json_flag(o, "schema"));
	CHECK_INT(json_length(json_array_of(o, "schema")), 0);
	json_object_put(o);
}

static void refuses(void)
{
	char *path;

	refused("/nonexistent/r.json", "cannot read");
	refused(unit_folder(), "Is a directory");
	path = file("cut.json", lines, "");
	refused(path, "cut off");
	free(path);
	path = file("none.json", "{\"key\": \"t\", \"columns\": []}", "]}]}");
	refused(path, "benches[0].tables[0] has no rows");
	free(path);
	path = file("verdict.json",
		    "{\"key\": \"t\", \"columns\": [], \"rows\": [{\"key\": \"k\",\n"
		    "\"label\": \"l\", \"validity\": \"fine\", \"cells\": {}}]}", "]}]}");
	refused(path, "benches[0].tables[0].rows[0] has no validity");
	free(path);
	path = file("tail.json", "", "]}]} more");
	refused(path, "no JSON");
	free(path);
	path = file("utf8.json", "", "], \"notes\": [\"\xc3\x28\"]}]}");
	refused(path, "no JSON");
	free(path);

	path = xasprintf("%s/odd.json", unit_folder());
	unit_write("odd.json", "{\"schema\": \"hookcost/3\"}");
	refused(path, "its schema is \"hookcost/3\"");
	unit_write("odd.json", "[]");
	refused(path, "its schema is \"\"");
	unit_write("odd.json", "");
	refused(path, "cut off");
	unit_write("odd.json", "null");
	refused(path, "its schema is \"\"");
	unit_write("odd.json", "{\"schema\": \"hookcost/1\", \"benches\": 3}");
	refused(path, "it has no benches");
	unit_write("odd.json", "PK\3\4");
	refused(path, "no JSON");
	free(path);
}

static void escapes(void)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	html_text(f, "<a href='x' id=\"y\">&\1\n\xc3\xa9");
	putc('|', f);
	html_id(f, "a b\"<_9");
	fclose(f);
	CHECK_HAS(text, "&lt;a href=&#39;x&#39; id=&quot;y&quot;&gt;&amp;\xef\xbf\xbd\n");
	CHECK_HAS(text, "\n\xc3\xa9|a-b--_9");
	free(text);
}

static void tables(void)
{
	struct json_object *o = load(lines);
	char *s;

	/* hidden: by its validity's name; decimals as the column has them */
	setenv("PATH", "/nonexistent", 1);
	unit_capture();
	s = page_of(o);
	CHECK_HAS(unit_captured(), "no gnuplot in PATH; install it");
	setenv("PATH", "/usr/local/bin:/usr/bin:/bin", 1);
	CHECK_HAS(s, "none</th><td>14.50</td><td class=\"paper\">15.25</td><td>12345</td>");
	CHECK_HAS(s, "<th scope=\"row\">two</th><td class=\"hidden\">invalid</td>");
	CHECK_HAS(s, "<th scope=\"row\">eight</th><td>0.00</td>");
	CHECK_HAS(s, "</span> (two): broken</li>");
	CHECK_HAS(s, "<caption>Rates</caption>");
	CHECK_HAS(s, "<li>&lt;i&gt;a note&lt;/i&gt;</li>");
	CHECK_HAS(s, "The figure is left out: there is no gnuplot in PATH");
	CHECK(!strstr(s, "<svg") && !strstr(s, "Interrupted"));
	free(s);
	json_object_object_add(o, "interrupted", json_object_new_boolean(true));
	json_object_object_add(o, "asked", json_tokener_parse("[\"b\", \"later\", 3]"));
	unit_capture();
	setenv("PATH", "/nonexistent", 1);
	s = page_of(o);
	setenv("PATH", "/usr/local/bin:/usr/bin:/bin", 1);
	unit_captured();
	CHECK_HAS(s, "Interrupted.");
	CHECK_HAS(s, "Not begun: later, 3.");
	free(s);
	json_object_put(o);
}

/* The page of a file of that schema, whose environment has that self-check */
static char *page_with(const char *schema, const char *self, const char *interval)
{
	struct json_object *o = load(lines), *row;
	char *path = xasprintf("%s/schema.json", unit_folder()), *s;

	json_object_object_add(o, "schema", json_object_new_string(schema));
	json_object_object_add(json_object_of(o, "environment"), "self_check",
			       json_tokener_parse(self));
	json_pointer_get(o, "/benches/0/tables/0/rows/0", &row);
	json_object_object_add(row, "intervals", json_tokener_parse(interval));
	unit_write("schema.json", json_object_to_json_string(o));
	json_object_put(o);
	o = results_load(path);
	CHECK(o);
	setenv("PATH", "/nonexistent", 1);
	unit_capture();
	s = page_of(o);
	unit_captured();
	setenv("PATH", "/usr/local/bin:/usr/bin:/bin", 1);
	json_object_put(o);
	free(path);
	return s;
}

/* What schema 1 has otherwise, or not yet, is read as what it is */
static void schemas(void)
{
	char *s = page_with("hookcost/1", "{\"checked\": true, \"held\": false, \"limit\": 3,\n"
			    "\"delays\": [{\"delay\": 20, \"stamps\": {\"ns\": 25},\n"
			    "\"throughput\": {\"ns\": 20, \"half_width\": 2}}]}", "null");

	CHECK_HAS(s, "20&nbsp;ns read as 25.0 by time stamps, 20.0&nbsp;&plusmn;&nbsp;2.0 by");
	CHECK_HAS(s, ": missed, limit 3");
	CHECK_HAS(s, "the self-check missed a delay");
	CHECK_HAS(s, "none</th><td>14.50</td>");
	free(s);
	s = page_with("hookcost/1", "{\"held\": true, \"delays\": [{\"delay\": 20}]}", "null");
	CHECK_HAS(s, ": held, limit");
	CHECK_HAS(s, "<span class=\"validity valid\">valid</span>.</p>");
	free(s);
	s = page_with("hookcost/2", "{\"state\": \"not told\", \"delays\": [{\"delay\": 20}]}",
		      "{\"c\": [14.4, 14.721]}");
	CHECK_HAS(s, ": not told, limit");
	CHECK_HAS(s, "<span class=\"validity indicative\">indicative</span> (the self-check could");
	CHECK_HAS(s, "none</th><td>14.50 <span class=\"interval\">&plusmn;&nbsp;0.23</span></td>");
	free(s);
	s = page_with("hookcost/2", "{\"state\": \"held\", \"delays\": [{\"delay\": 20}]}", "{}");
	CHECK_HAS(s, "<span class=\"validity valid\">valid</span>.</p>");
	free(s);
}

/* What was called otherwise is found by its name of today, in files of either */
static void old_names(void)
{
	char *path = file("old.json", "{\"key\": \"roads\", \"title\": \"T\",\n"
			  "\"columns\": [], \"rows\": [{\"key\": \"k\", \"label\": \"l\",\n"
			  "\"verdict\": \"valid\", \"cells\": {}},\n"
			  "{\"key\": \"n\", \"label\": \"l\", \"verdict\": \"valid\",\n"
			  "\"validity\": \"invalid\", \"cells\": {}}]}", "]}]}");
	struct json_object *o = results_load(path), *t, *rows;

	CHECK(o);
	t = json_find(json_array_of(json_find(json_array_of(o, "benches"), "name", "b"), "tables"),
		      "key", "methods");
	rows = json_array_of(t, "rows");
	CHECK_INT(json_length(rows), 2);
	CHECK_STR(json_validity(json_object_array_get_idx(rows, 0)), "valid");
	CHECK_STR(json_validity(json_object_array_get_idx(rows, 1)), "invalid");
	json_object_put(o);
	free(path);
}

static void scripts(void)
{
	struct json_object *o = load(lines), *t, *plot;
	char *s;

	t = json_object_array_get_idx(json_array_of(o, "benches"), 0);
	t = json_object_array_get_idx(json_array_of(t, "tables"), 0);
	s = plot_script(t);
	CHECK_HAS(s, "set xlabel 'it''s'\n");
	CHECK_HAS(s, "set logscale x\n");
	/* 0 is a step left of 2, as 8 is right of it; the hidden point breaks the curve */
	CHECK_HAS(s, "'0' 0.5, '2' 2, '8' 8, ");
	CHECK_HAS(s, "$s0 << EOD\n0.5 14.5 0.38\n\n8 -0.001 0.38\nEOD\n");
	CHECK_HAS(s, "$s1 << EOD\n0.5 15.25 0.38\n\n8 3 0.38\nEOD\n");
	CHECK_HAS(s, "dt (8,5)");
	CHECK_HAS(s, "title 'eBPF, paper'");
	free(s);

	plot = json_object_of(t, "plot");
	json_object_object_add(plot, "kind", json_object_new_string("bars"));
	json_object_object_add(json_object_array_get_idx(json_array_of(t, "rows"), 0), "label",
			       json_object_new_string("100 % 'of'\n\"`id`\""));
	s = plot_script(t);
	CHECK_HAS(s, "'100 %% ''of'' \"`id`\"' 0, 'two' 1, ");
	CHECK_HAS(s, "with boxes");
	free(s);
	json_object_object_add(plot, "kind", json_object_new_string("pie"));
	CHECK(!plot_script(t));
	json_object_object_add(plot, "kind", json_object_new_string("lines"));
	json_object_object_add(plot, "columns", json_object_new_array());
	CHECK(!plot_script(t));
	json_object_put(o);
}

static void note(void *arg)
{
	*(bool *)arg = true;
}

static void figures(void)
{
	struct json_object *o = load(lines);
	size_t mark = cleanup_mark();
	bool undone = false;
	char why[128], *s;

	if (!tool_find("gnuplot", why, sizeof(why))) {
		json_object_put(o);
		return;
	}
	/* whoever wants a figure has begun something, perhaps */
	CHECK_INT(cleanup_push(note, &undone), 0);
	unit_capture();
	s = page_of(o);
	CHECK_STR(unit_captured(), "");
	CHECK(!undone);
	cleanup_to(mark);
	CHECK(undone);
	CHECK_HAS(s, "role=\"img\"");
	CHECK_HAS(s, "<title id=\"f1-title\">Rates</title>");
	CHECK_HAS(s, "id='f1-gpDot'");
	CHECK_HAS(s, "stroke-dasharray");
	CHECK_HAS(s, "eBPF, paper</text>");
	CHECK(!strstr(s, "id='gp") && !strstr(s, "<?xml"));
	free(s);
	json_object_put(o);
}

/* A bar's width by its class and place, in the order of the picture; -1 beyond the last */
static double bar_width(const char *s, const char *class, size_t at)
{
	char *what = xasprintf("<rect class=\"%s\" x=\"", class);
	double width = -1;

	/* the legend's comes first */
	for (at++; s && at + 1; at--) {
		s = strstr(s, what);
		s = s ? s + 1 : NULL;
	}
	if (s)
		sscanf(strstr(s, "width=\""), "width=\"%lf", &width);
	free(what);
	return width;
}

static const char path_plot[] =
	"{\"kind\": \"path\", \"x\": \"until <it>\", \"y\": \"there\",\n"
	"\"columns\": [\"c\", \"n\"]}";

static const char path_rows[] =
	"[{\"table\": \"t\", \"column\": \"c\", \"rows\": [{\"key\": \"8\", \"label\": \"Eight\"},\n"
	"{\"key\": \"gone\", \"label\": \"G\"}]}]";

static void put(struct json_object *o, const char *key, const char *json)
{
	json_object_object_add(o, key, json_tokener_parse(json));
}

/* The picture at the top: bars to one scale, hidden numbers are none, before all tables */
static void picture(void)
{
	struct json_object *o = load(lines), *b, *t;
	char *s;

	b = json_object_array_get_idx(json_array_of(o, "benches"), 0);
	t = json_object_array_get_idx(json_array_of(b, "tables"), 0);
	put(b, "sentence", "\"A <sentence>.\"");
	put(t, "plot", path_plot);
	/* without gnuplot, and without a word of it */
	setenv("PATH", "/nonexistent", 1);
	unit_capture();
	s = page_of(o);
	CHECK_STR(unit_captured(), "");
	setenv("PATH", "/usr/local/bin:/usr/bin:/bin", 1);
	CHECK_HAS(s, "until &lt;it&gt;");
	CHECK_HAS(s, ">none</text>");
	CHECK_HAS(s, ">14 + 12345 ns</text>");
	CHECK_HAS(s, ">15 ns, paper</text>");
	CHECK_HAS(s, ">invalid</text>");
	/* below 0 is none */
	CHECK_HAS(s, ">0 ns</text>");
	/* the longest takes all the room; one that is there is seen */
	CHECK_NEAR(bar_width(s, "p2", 0), 270 * 12345 / 12359.5, 0.1);
	CHECK_NEAR(bar_width(s, "p1", 0), 1, EPS);
	CHECK_NEAR(bar_width(s, "p1", 2), -1, EPS);
	CHECK(strstr(s, "class=\"path\"") < strstr(s, "id=\"contents\""));
	CHECK(strstr(s, "id=\"contents\"") < strstr(s, "<table>"));
	CHECK(strstr(s, "<caption>Rates") < strstr(s, "id=\"validity\""));
	CHECK(strstr(s, "id=\"validity\"") < strstr(s, "id=\"environment\""));
	CHECK_HAS(s, "A &lt;sentence&gt;.</li>");
	CHECK(!strstr(s, "left out"));
	free(s);

	/* the rows that the bench has chosen, by their short names */
	put(b, "headline", path_rows);
	s = page_of(o);
	CHECK_HAS(s, "y=\"61\">Eight</text>");
	CHECK(!strstr(s, ">none</text>") && !strstr(s, ">G</text>"));
	free(s);
	/* nothing to draw */
	put(b, "headline", "[{\"table\": \"t\", \"rows\": [{}]}]");
	s = page_of(o);
	CHECK(!strstr(s, "class=\"path\""));
	free(s);
	json_object_put(o);
}

const struct unit report_units[] = {
	{ "report: results read back", loads },
	{ "report: what is no result file is refused", refuses },
	{ "report: text cannot become markup", escapes },
	{ "report: old names in a file", old_names },
	{ "report: tables, validity, interrupted, no gnuplot", tables },
	{ "report: files of schema 1 and 2", schemas },
	{ "report: what gnuplot is told", scripts },
	{ "report: figures by gnuplot", figures },
	{ "report: the picture at the top", picture },
	{ 0 }
};
