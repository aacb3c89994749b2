// SPDX-License-Identifier: GPL-2.0-only
/* Frames that mlx5sim makes, and that arrive at one of its ports */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/run.h"
#include "core/util.h"
#include "driver/mlx5sim.h"
#include "driver/mlx5sim_priv.h"

#define MLX5SIM	"/sys/kernel/debug/mlx5sim"

char *mlx5sim_path(int port, const char *file)
{
	return xasprintf(MLX5SIM "/port%d/%s", port, file);
}

int mlx5sim_fail(const char *what, const char *path, int ret)
{
	err("cannot %s %s: %s", what, path, strerror(-ret));
	return ret;
}

bool mlx5sim_has(const char *root, int port)
{
	char *path = xasprintf("%s" MLX5SIM "/port%d/gen/run", root, port);
	bool can = !access(path, W_OK);

	free(path);
	return can;
}

char *mlx5sim_get(int port, const char *file, int *ret)
{
	char *path = mlx5sim_path(port, file);
	char *text = slurp(path, NULL);

	*ret = text ? 0 : mlx5sim_fail("read", path, -errno);
	free(path);
	return text;
}

/* What follows the name at the begin of a line; NULL: there is no such line */
static const char *find_line(const char *text, const char *name)
{
	size_t len = strlen(name);
	const char *line;

	for (line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!strncmp(line, name, len) && line[len] == ' ')
			return line + len + 1;
	}
	return NULL;
}

int mlx5sim_number(const char *text, const char *name, uint64_t *value)
{
	const char *line = find_line(text, name);

	if (line && sscanf(line, "%" SCNu64, value) == 1)
		return 0;
	err("mlx5sim: there is no number %s; module and tool must be of one version", name);
	return -EBADMSG;
}

static int get_setting(int port, const char *file, uint64_t *value)
{
	char *text;
	int ret;

	text = mlx5sim_get(port, file, &ret);
	if (text)
		*value = strtoull(text, NULL, 10);
	free(text);
	return ret;
}

int mlx5sim_set(int port, const char *file, uint64_t value)
{
	char *path = mlx5sim_path(port, file), text[32];
	int ret;

	snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	ret = write_text(path, text);
	if (ret)
		mlx5sim_fail("write to", path, ret);
	free(path);
	return ret;
}

int mlx5sim_put(int port, const char *file, int flags, const void *data, size_t len)
{
	char *path = mlx5sim_path(port, file);
	int fd = open(path, O_WRONLY | O_CLOEXEC | flags), ret = 0;

	if (fd < 0 || (len && write(fd, data, len) < 0))
		ret = mlx5sim_fail("write to", path, -errno);
	if (fd >= 0)
		close(fd);
	free(path);
	return ret;
}

/* Binary, in one piece */
static int get_template(int port, uint8_t *frame, size_t *len)
{
	char *path = mlx5sim_path(port, "gen/template");
	int fd = open(path, O_RDONLY | O_CLOEXEC), ret = 0;
	ssize_t n = fd < 0 ? -1 : read(fd, frame, MLX5SIM_FRAME_MAX);

	if (n < 0)
		ret = mlx5sim_fail("read", path, -errno);
	else
		*len = n;
	if (fd >= 0)
		close(fd);
	free(path);
	return ret;
}

int mlx5sim_gen_get(int port, struct mlx5sim_gen *g)
{
	return get_template(port, g->frame, &g->len) ?:
	       get_setting(port, "gen/flows", &g->flows) ?:
	       get_setting(port, "gen/zipf_milli", &g->zipf_milli) ?:
	       get_setting(port, "gen/burst", &g->burst) ?:
	       get_setting(port, "gen/rate", &g->rate);
}

int mlx5sim_gen_set(int port, const struct mlx5sim_gen *g)
{
	return mlx5sim_put(port, "gen/template", 0, g->frame, g->len) ?:
	       mlx5sim_set(port, "gen/flows", g->flows) ?:
	       mlx5sim_set(port, "gen/zipf_milli", g->zipf_milli) ?:
	       mlx5sim_set(port, "gen/burst", g->burst) ?:
	       mlx5sim_set(port, "gen/rate", g->rate);
}

void mlx5sim_make_foreign(uint8_t *frame)
{
	frame[5] ^= 0x40;
}

/* One write(2), which is not begun again when a signal has ended it */
int mlx5sim_gen_run(int port, uint64_t frames)
{
	char *path = mlx5sim_path(port, "gen/run"), text[32];
	int n = snprintf(text, sizeof(text), "%llu", (unsigned long long)frames);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t wrote = fd < 0 ? -1 : write(fd, text, n);
	int ret = wrote < 0 ? -errno : wrote == n ? 0 : -EIO;

	if (fd >= 0)
		close(fd);
	if (ret && ret != -EINTR)
		mlx5sim_fail("write to", path, ret);
	free(path);
	return ret;
}

int mlx5sim_parse_status(const char *text, struct mlx5sim_run *r)
{
	return mlx5sim_number(text, "sent", &r->sent) ?: mlx5sim_number(text, "taken", &r->taken) ?:
	       mlx5sim_number(text, "waits", &r->waits) ?: mlx5sim_number(text, "ns", &r->ns);
}

void mlx5sim_run_free(struct mlx5sim_run *r)
{
	free(r->burst_ns);
	free(r->burst_ticks);
	r->burst_ns = NULL;
	r->burst_ticks = NULL;
	r->bursts = 0;
}

int mlx5sim_parse_times(const char *text, struct mlx5sim_run *r)
{
	const char *line;
	size_t lines = 0;

	for (line = text; *line; line++)
		lines += *line == '\n';
	r->burst_ns = xcalloc(lines + 1, sizeof(*r->burst_ns));
	r->burst_ticks = xcalloc(lines + 1, sizeof(*r->burst_ticks));
	for (r->bursts = 0, line = text; *line; r->bursts++) {
		unsigned int ns, frames, ticks;
		int end = 0;

		if (r->bursts == lines ||
		    sscanf(line, "%u %u %u%n", &ns, &frames, &ticks, &end) != 3 ||
		    line[end] != '\n' || !frames) {
			err("mlx5sim: burst %zu: \"%.*s\"; module and tool must be of one version",
			    r->bursts, (int)strcspn(line, "\n"), line);
			mlx5sim_run_free(r);
			return -EBADMSG;
		}
		r->burst_ns[r->bursts] = (double)ns / frames;
		r->burst_ticks[r->bursts] = (double)ticks / frames;
		line += end + 1;
	}
	return 0;
}

int mlx5sim_gen_result(int port, struct mlx5sim_run *r)
{
	char *text;
	int ret;

	memset(r, 0, sizeof(*r));
	text = mlx5sim_get(port, "gen/status", &ret);
	if (text)
		ret = mlx5sim_parse_status(text, r);
	free(text);
	if (ret)
		return ret;
	text = mlx5sim_get(port, "gen/times", &ret);
	if (text)
		ret = mlx5sim_parse_times(text, r);
	free(text);
	return ret;
}

int mlx5sim_counter(int port, const char *name, uint64_t *value)
{
	char *text;
	int ret;

	text = mlx5sim_get(port, "counters", &ret);
	if (text)
		ret = mlx5sim_number(text, name, value);
	free(text);
	return ret;
}

const char *const mlx5sim_work_name[MLX5SIM_WORKS] = {
	[MLX5SIM_LOOP] = "loop",
	[MLX5SIM_FRAMES] = "frames",
	[MLX5SIM_EVENTS] = "events",
	[MLX5SIM_UMR] = "umr",
	[MLX5SIM_SEND] = "send",
	[MLX5SIM_MMIO] = "mmio",
	[MLX5SIM_MAPPING] = "mapping",
	[MLX5SIM_ACCOUNT] = "account",
};

int mlx5sim_parse_account(const char *text, struct mlx5sim_account *a)
{
	int i, ret = mlx5sim_number(text, "tsc", &a->tsc) ?: mlx5sim_number(text, "ns", &a->ns);

	for (i = 0; i < MLX5SIM_WORKS && !ret; i++) {
		const char *line = find_line(text, mlx5sim_work_name[i]);

		if (line && sscanf(line, "%" SCNu64 " %" SCNu64, &a->ticks[i], &a->count[i]) == 2)
			continue;
		err("mlx5sim: account has no \"%s\"; module and tool must be of one version",
		    mlx5sim_work_name[i]);
		ret = -EBADMSG;
	}
	return ret;
}

int mlx5sim_account(struct mlx5sim_account *a)
{
	static const char path[] = MLX5SIM "/account";
	char *text = slurp(path, NULL);
	int ret;

	if (!text)
		return mlx5sim_fail("read", path, -errno);
	ret = mlx5sim_parse_account(text, a);
	free(text);
	return ret;
}

double mlx5sim_tick_ns(const struct mlx5sim_account *from, const struct mlx5sim_account *to)
{
	return to->tsc > from->tsc && to->ns > from->ns ?
	       (double)(to->ns - from->ns) / (to->tsc - from->tsc) : 0;
}

double mlx5sim_model_ns(const struct mlx5sim_account *from, const struct mlx5sim_account *to,
			double *work)
{
	double tick = mlx5sim_tick_ns(from, to), all = 0;
	int i;

	for (i = 0; i < MLX5SIM_WORKS; i++) {
		work[i] = tick * (double)(to->ticks[i] - from->ticks[i]);
		all += i < MLX5SIM_PACKET_WORKS ? work[i] : 0;
	}
	return all;
}
