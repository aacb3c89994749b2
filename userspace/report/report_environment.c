// SPDX-License-Identifier: GPL-2.0-only
/* A report's section on the machine, its kernel, and what the self-check found there */
#include <math.h>
#include <string.h>
#include "core/stats.h"
#include "report/html.h"
#include "report/report_priv.h"
#include "report/result.h"
#include "report/results.h"

/* "held", "not told" or "missed"; schema 1 has a boolean, for it knew no third. "": not checked */
static const char *self_check_state(struct json_object *self)
{
	struct json_object *held;

	if (self && json_object_object_get_ex(self, "held", &held))
		return within_name(json_object_get_boolean(held) ? WITHIN_HELD : WITHIN_MISSED);
	return json_text(self, "state");
}

/* Schema 1's half width holds the systematic part */
static void print_method(FILE *out, struct json_object *method)
{
	double half = json_double(method, "half_width");

	fprintf(out, "%.1f", json_double(method, "ns"));
	if (!isnan(half))
		fprintf(out, "&nbsp;&plusmn;&nbsp;%.1f", half);
}

/* Known delays, as they were read */
static void print_self_check(FILE *out, struct json_object *self)
{
	struct json_object *delays = json_array_of(self, "delays"), *d;
	size_t i, n = json_length(delays);

	if (!n) {
		fputs("not checked: ", out);
		html_text(out, json_text(self, "reason"));
		return;
	}
	for (i = 0; i < n; i++) {
		d = json_object_array_get_idx(delays, i);
		fprintf(out, "%s%.0f&nbsp;ns read as ", i ? "; " : "", json_double(d, "delay"));
		print_method(out, json_object_of(d, "stamps"));
		fputs(" by time stamps, ", out);
		print_method(out, json_object_of(d, "throughput"));
		fputs(" by throughput", out);
	}
	fputs(": ", out);
	html_text(out, self_check_state(self));
	fprintf(out, ", limit %.0f&nbsp;ns", json_double(self, "limit"));
}

static void print_best(struct report *r, struct json_object *env)
{
	const char *validity = json_validity(env), *reason = json_text(env, "reason");
	const char *self = self_check_state(json_object_of(env, "self_check"));

	if (*self && strcmp(self, within_name(WITHIN_HELD)) &&
	    !strcmp(validity, validity_name(VALIDITY_VALID))) {
		validity = validity_name(VALIDITY_INDICATIVE);
		reason = !strcmp(self, within_name(WITHIN_MISSED)) ?
			 "the self-check missed a delay" :
			 "the self-check could not tell whether delays are read rightly";
	}
	fputs("<p>The best that a row can have here: ", r->out);
	report_validity(r->out, validity);
	if (*reason) {
		fputs(" (", r->out);
		html_text(r->out, reason);
		fputs(")", r->out);
	}
	fputs(".</p>\n", r->out);
}

static void print_tsc(FILE *out, struct json_object *tsc)
{
	html_text(out, json_text(tsc, "state"));
	if (*json_text(tsc, "reason")) {
		fputs(": ", out);
		html_text(out, json_text(tsc, "reason"));
	}
	if (!isnan(json_double(tsc, "khz")))
		fprintf(out, "; %.3f MHz on %.0f CPUs", json_double(tsc, "khz") / 1e3,
			json_double(tsc, "cpus"));
	if (!isnan(json_double(tsc, "drift_ppm")))
		fprintf(out, ", drift %.1f +- %.1f ppm in %.1f s", json_double(tsc, "drift_ppm"),
			json_double(tsc, "drift_half_width"), json_double(tsc, "seconds"));
	if (!isnan(json_double(tsc, "offset_low_ns")))
		fprintf(out, ", offset %+.0f to %+.0f ns", json_double(tsc, "offset_low_ns"),
			json_double(tsc, "offset_high_ns"));
}

static void print_value(FILE *out, const char *key, struct json_object *v)
{
	if (!strcmp(key, "self_check") && json_object_is_type(v, json_type_object))
		print_self_check(out, v);
	else if (!strcmp(key, "tsc") && json_object_is_type(v, json_type_object))
		print_tsc(out, v);
	else if (json_object_is_type(v, json_type_boolean))
		fputs(json_object_get_boolean(v) ? "yes" : "no", out);
	else
		html_text(out, json_object_get_string(v));
}

static void print_environment(struct report *r, struct json_object *env)
{
	print_best(r, env);
	fputs("<div class=\"scroll\" tabindex=\"0\" role=\"region\"\n"
	      "aria-label=\"Environment\"><table class=\"words\">\n"
	      "<caption>The machine and its kernel, as the tool found them</caption>\n"
	      "<thead><tr><th scope=\"col\">what</th><th scope=\"col\">found</th></tr></thead>\n"
	      "<tbody>\n", r->out);
	json_object_object_foreach(env, key, v) {
		if (!v || !strcmp(key, "validity") || !strcmp(key, "verdict") ||
		    !strcmp(key, "reason"))
			continue;
		fputs("<tr><th scope=\"row\">", r->out);
		html_text(r->out, key);
		fputs("</th><td>", r->out);
		print_value(r->out, key, v);
		fputs("</td></tr>\n", r->out);
	}
	fputs("</tbody></table></div>\n", r->out);
}

void report_environment(struct report *r)
{
	struct json_object *list = json_array_of(r->results, "environments"), *env;
	size_t i;

	fputs("<section aria-labelledby=\"environment\"><h2 id=\"environment\">Environment</h2>\n",
	      r->out);
	if (!list)
		print_environment(r, json_object_of(r->results, "environment"));
	for (i = 0; i < json_length(list); i++) {
		env = json_object_array_get_idx(list, i);
		fputs("<h3>Target ", r->out);
		html_text(r->out, json_text(env, "target"));
		fputs("</h3>\n", r->out);
		if (json_object_is_type(env, json_type_object))
			print_environment(r, env);
	}
	fputs("</section>\n", r->out);
}
