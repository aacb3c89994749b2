// SPDX-License-Identifier: GPL-2.0-only
/* Several kinds of frames that mlx5sim makes, and the replies that end in it */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/run.h"
#include "core/util.h"
#include "driver/mlx5sim.h"
#include "driver/mlx5sim_priv.h"
#include "driver/mlx5sim_replies.h"

static int add_request(int port, const struct request *k, bool foreign)
{
	uint8_t frame[MLX5SIM_FRAME_MAX];

	memcpy(frame, k->frame, k->len);
	if (foreign)
		mlx5sim_make_foreign(frame);
	return mlx5sim_put(port, "gen/frames", 0, frame, k->len);
}

int mlx5sim_set_requests(int port, const struct requests *r, bool foreign)
{
	unsigned int i;
	int ret = 0;

	for (i = 1; i < r->kinds && !ret; i++)
		ret = add_request(port, &r->kind[i], foreign);
	if (!ret && r->turns)
		ret = mlx5sim_put(port, "gen/pattern", 0, r->turns, r->nturns);
	return ret ?: mlx5sim_set(port, "gen/number_at", r->number_at);
}

int mlx5sim_set_replies(int port, const struct requests *r)
{
	int ret = mlx5sim_put(port, "sink/frames", O_TRUNC, NULL, 0);
	unsigned int i;

	for (i = 0; i < r->kinds && r->kind[i].reply && !ret; i++)
		ret = mlx5sim_put(port, "sink/frames", 0, r->kind[i].reply, r->kind[i].reply_len);
	return ret ?: mlx5sim_set(port, "sink/from", r->from) ?:
	       mlx5sim_set(port, "sink/number_at", r->number_at) ?:
	       mlx5sim_set(port, "sink/check", r->check);
}

int mlx5sim_sink(int port, bool on)
{
	return mlx5sim_set(port, "sink/on", on);
}

int mlx5sim_parse_sink(const char *text, struct replies *r)
{
	const struct {
		const char *name;
		uint64_t *value;
	} counts[] = {
		{ "arrived", &r->arrived }, { "compared", &r->compared }, { "wrong", &r->wrong },
		{ "wrong_length", &r->wrong_length }, { "wrong_bytes", &r->wrong_bytes },
		{ "wrong_template", &r->wrong_template }, { "twice", &r->twice },
		{ "unknown", &r->unknown }, { "other", &r->other },
	};
	const char *at;
	size_t i;
	int ret = 0;

	memset(r, 0, sizeof(*r));
	for (i = 0; i < ARRAY_SIZE(counts) && !ret; i++)
		ret = mlx5sim_number(text, counts[i].name, counts[i].value);
	/* as many of these as there are replies */
	for (at = text; !ret && (at = strstr(at, "\nright_")); at++) {
		uint64_t count;
		unsigned int kind;

		if (sscanf(at, "\nright_%u %" SCNu64, &kind, &count) == 2 && kind < REQUEST_KINDS)
			r->right[kind] = count;
	}
	return ret;
}

int mlx5sim_sink_count(int port, struct replies *r)
{
	char *text;
	int ret;

	text = mlx5sim_get(port, "sink/status", &ret);
	if (text)
		ret = mlx5sim_parse_sink(text, r);
	free(text);
	return ret;
}

int mlx5sim_parse_residence(const char *text, struct reply_times *t)
{
	const char *line;
	size_t lines = 0;

	for (line = text; *line; line++)
		lines += *line == '\n';
	t->bin = xcalloc(lines + 1, sizeof(*t->bin));
	for (t->n = 0, line = text; *line; t->n++) {
		struct reply_bin *b = &t->bin[t->n];
		int end = 0;

		if (t->n == lines || sscanf(line, "%u %lf %lf %" SCNu64 "%n", &b->kind, &b->low,
					    &b->high, &b->count, &end) != 4 ||
		    line[end] != '\n' || b->kind >= REQUEST_KINDS || !b->count ||
		    b->low > b->high) {
			err("mlx5sim: residence: \"%.*s\"; module and tool must be of one version",
			    (int)strcspn(line, "\n"), line);
			reply_times_free(t);
			return -EBADMSG;
		}
		line += end + 1;
	}
	return 0;
}

int mlx5sim_sink_times(int port, struct reply_times *t)
{
	char *text;
	int ret;

	memset(t, 0, sizeof(*t));
	text = mlx5sim_get(port, "sink/residence", &ret);
	if (text)
		ret = mlx5sim_parse_residence(text, t);
	free(text);
	return ret;
}
