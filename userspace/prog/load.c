// SPDX-License-Identifier: GPL-2.0-only
/* Objects as their authors would load them, and programs that are loaded already */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <libgen.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "core/run.h"
#include "core/util.h"
#include "prog/load.h"
#include "prog/prog.h"

#define LOG_SIZE	1048576
#define LINE		400

/* What libbpf has said last, and the last line that tells what is missing */
static struct {
	char last[LINE], why[LINE];
} said;

void words_add(struct words *w, const char *word)
{
	w->word = xrealloc(w->word, w->n + 1, sizeof(*w->word));
	w->word[w->n++] = word;
}

/* Its first cause is what counts: what follows says that loading has failed */
int load_print(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	static const char *const causes[] = {
		"unresolved", "not found", "extern", "not supported", "missing", "unrecognized",
		"unsupported", "not resolved", "no such", "invalid", "can't", "failed to create",
	};
	char text[1024], *line = text;
	size_t i;

	if (level == LIBBPF_DEBUG)
		return 0;
	vsnprintf(text, sizeof(text), fmt, ap);
	if (!strncmp(line, "libbpf: ", 8))
		line += 8;
	line[strcspn(line, "\n")] = '\0';
	info("%s", line);
	if (level != LIBBPF_WARN)
		return 0;
	snprintf(said.last, sizeof(said.last), "%.*s", LINE - 1, line);
	for (i = 0; i < ARRAY_SIZE(causes) && !*said.why; i++)
		if (strstr(line, causes[i]))
			snprintf(said.why, sizeof(said.why), "%.*s", LINE - 1, line);
	return 0;
}

static void forget(void)
{
	memset(&said, 0, sizeof(said));
}

/* ": why", or nothing */
static const char *because(char *buf, size_t len)
{
	const char *why = *said.why ? said.why : said.last;

	snprintf(buf, len, "%s%s", *why ? ": " : "", why);
	return buf;
}

/* The hook's type, 0: as the section says */
static int hook_type(const char *hook, enum bpf_prog_type *type, enum bpf_attach_type *attach)
{
	static const struct {
		const char *name;
		enum bpf_prog_type type;
		enum bpf_attach_type attach;
	} hooks[] = {
		{ "xdp", BPF_PROG_TYPE_XDP, BPF_XDP },
		{ "tcx", BPF_PROG_TYPE_SCHED_CLS, BPF_TCX_INGRESS },
		{ "tc", BPF_PROG_TYPE_SCHED_CLS, 0 },
		{ "cls_bpf", BPF_PROG_TYPE_SCHED_CLS, 0 },
		{ "sk_skb", BPF_PROG_TYPE_SK_SKB, BPF_SK_SKB_STREAM_VERDICT },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(hooks); i++) {
		if (strcmp(hook, hooks[i].name))
			continue;
		*type = hooks[i].type;
		*attach = hooks[i].attach;
		return 0;
	}
	err("--hook takes xdp, tcx, tc, cls_bpf or sk_skb, not \"%s\"", hook);
	return -EINVAL;
}

bool prog_type_is_measured(enum bpf_prog_type type)
{
	return type == BPF_PROG_TYPE_XDP || type == BPF_PROG_TYPE_SCHED_CLS ||
	       type == BPF_PROG_TYPE_SCHED_ACT || type == BPF_PROG_TYPE_SK_SKB;
}

/* Whether it has a hook of its own, in words */
static int check_type(const char *from, const struct bpf_program *prog)
{
	enum bpf_prog_type type = bpf_program__type(prog);
	const char *name = bpf_program__name(prog);

	if (prog_type_is_measured(type))
		return 0;
	if (type == BPF_PROG_TYPE_EXT)
		err("%s: %s is a freplace, a function of another program; name that one by --id",
		    from, name);
	else if (type == BPF_PROG_TYPE_UNSPEC)
		err("%s: the section \"%s\" of %s does not say what hook it is for; --hook does",
		    from, bpf_program__section_name(prog), name);
	else
		err("%s: %s is a program of type %s, none for XDP, TC or SK_SKB", from, name,
		    libbpf_bpf_prog_type_str(type) ?: "unknown");
	return -EINVAL;
}

/* All that could be meant, as a list */
static char *list_programs(const struct bpf_object *obj)
{
	struct bpf_program *prog;
	char *list = xstrdup(""), *more;

	bpf_object__for_each_program(prog, obj) {
		more = xasprintf("%s%s%s", list, *list ? ", " : "", bpf_program__name(prog));
		free(list);
		list = more;
	}
	return list;
}

static struct bpf_program *choose(const char *from, const struct bpf_object *obj, const char *name,
				  bool any_type)
{
	struct bpf_program *prog, *found = NULL, *other = NULL;
	size_t n = 0;
	char *list;

	if (name) {
		found = bpf_object__find_program_by_name(obj, name);
		if (found)
			return found;
	}
	bpf_object__for_each_program(prog, obj) {
		other = prog;
		if (any_type || prog_type_is_measured(bpf_program__type(prog))) {
			n++;
			found = prog;
		}
	}
	if (!name && n == 1)
		return found;
	if (!name && !n && other) {
		check_type(from, other);
		return NULL;
	}
	list = list_programs(obj);
	if (!*list)
		err("%s: there is no program in it", from);
	else if (name)
		err("%s: there is no program \"%s\"; there are %s", from, name, list);
	else
		err("%s: several programs; name one by --program: %s", from, list);
	free(list);
	return NULL;
}

static bool has_prog_array(const struct bpf_object *obj)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, obj)
		if (bpf_map__type(map) == BPF_MAP_TYPE_PROG_ARRAY)
			return true;
	return false;
}

/* Only what is measured, and what it may call by its program arrays */
void choose_loaded(const struct subject *s, struct bpf_object *obj,
		   const struct bpf_program *chosen)
{
	bool arrays = has_prog_array(obj);
	struct bpf_program *prog;

	bpf_object__for_each_program(prog, obj)
		bpf_program__set_autoload(prog, prog == chosen ||
					  (arrays && bpf_program__autoload(prog) &&
					   bpf_program__type(prog) == s->type));
}

/* To a hook of its own type: of TC there are two, and egress is no way of packets that arrive */
static bool other_way(const struct bpf_program *prog, enum bpf_prog_type type,
		      enum bpf_attach_type attach)
{
	return type == BPF_PROG_TYPE_SCHED_CLS &&
	       bpf_program__expected_attach_type(prog) != BPF_TCX_EGRESS &&
	       bpf_program__expected_attach_type(prog) != attach;
}

static int set_hook(struct subject *s, const char *hook)
{
	enum bpf_attach_type attach = 0;
	enum bpf_prog_type type = 0;
	int ret;

	if (hook) {
		ret = hook_type(hook, &type, &attach);
		if (ret)
			return ret;
		if (bpf_program__type(s->prog) != type)
			bpf_program__set_type(s->prog, type);
		else if (!other_way(s->prog, type, attach))
			attach = bpf_program__expected_attach_type(s->prog);
		bpf_program__set_expected_attach_type(s->prog, attach);
	}
	ret = check_type(s->from, s->prog);
	s->type = bpf_program__type(s->prog);
	s->attach = bpf_program__expected_attach_type(s->prog);
	s->frags = bpf_program__flags(s->prog) & BPF_F_XDP_HAS_FRAGS;
	return ret;
}

/* The verifier's last words before its statistics */
static void verifier_line(const char *log, char *line, size_t len)
{
	const char *at = log, *end;
	size_t n;

	line[0] = '\0';
	while (*at) {
		n = strcspn(at, "\n");
		end = at + n;
		if (n && strncmp(at, "processed ", 10) && strncmp(at, "verification time ", 18) &&
		    *at != ';' && strncmp(at, "stack depth ", 12)) {
			snprintf(line, len, "%.*s", (int)n, at);
		}
		at = *end ? end + 1 : end;
	}
}

static int load_failed(struct subject *s, int error, const char *log)
{
	char line[LINE], why[LINE + 8];

	verifier_line(log, line, sizeof(line));
	if (error == -EPERM)
		err("%s: cannot load %s: %s; run as root", s->from, s->name, strerror(-error));
	else if (*line && !*said.why)
		err("%s: the verifier rejects %s: %s", s->from, s->name, line);
	else
		err("%s: cannot load %s: %s%s", s->from, s->name, strerror(-error),
		    because(why, sizeof(why)));
	return error;
}

static int load_object(struct subject *s)
{
	char *log = xcalloc(1, LOG_SIZE);
	double begin = now_ns();
	int ret;

	bpf_program__set_log_buf(s->prog, log, LOG_SIZE);
	ret = bpf_object__load(s->obj);
	s->load_ns = now_ns() - begin;
	if (ret)
		load_failed(s, ret, log);
	bpf_program__set_log_buf(s->prog, NULL, 0);
	free(log);
	if (ret)
		return ret;
	s->fd = bpf_program__fd(s->prog);
	s->tail_calls = calls_programs(s->fd);
	return 0;
}

/* Which NAME=VALUE of the options some object had a use for */
struct used {
	bool *consts, *maps;
};

static int open_subject(struct prog *p, const char *file, const char *name, struct used *used)
{
	struct subject *s = &p->subject[p->nsubjects++];
	char why[LINE + 8];
	int ret;

	s->fd = -1;
	s->from = file;
	forget();
	s->obj = bpf_object__open_file(file, NULL);
	if (!s->obj) {
		ret = -errno;
		/* libbpf says ENOENT of what is missing in it, too */
		if (access(file, R_OK) || ret == -EISDIR)
			err("%s: %s", file, strerror(access(file, R_OK) ? errno : -ret));
		else
			err("%s: it is no eBPF object that libbpf can read%s", file,
			    because(why, sizeof(why)));
		return ret;
	}
	s->prog = choose(file, s->obj, name, p->opts->hook);
	if (!s->prog)
		return -ENOENT;
	s->name = xstrdup(bpf_program__name(s->prog));
	ret = set_hook(s, p->opts->hook);
	if (ret)
		return ret;
	choose_loaded(s, s->obj, s->prog);
	ret = consts_set(p->opts, s->obj, file, used->consts) ?:
	      maps_before(p->opts, s->obj, file, used->maps) ?: load_object(s);
	return ret ?: maps_fill(p->opts, s->obj, file);
}

/* Unknown names are said, before anything has been measured without what was asked */
static int check_used(const struct words *w, const bool *used, const char *option)
{
	size_t i;

	for (i = 0; i < w->n; i++) {
		if (used[i])
			continue;
		err("--%s %s: no object has anything of that name", option, w->word[i]);
		return -ENOENT;
	}
	return 0;
}

/* Rows' names: the program's, with its file's where two have the same */
static void name_subjects(struct prog *p)
{
	size_t i, k, n;
	char *copy;

	for (i = 0; i < p->nsubjects; i++) {
		struct subject *s = &p->subject[i];

		for (k = 0, n = 0; k < p->nsubjects; k++)
			n += !strcmp(p->subject[k].name, s->name);
		if (n > 1) {
			copy = xstrdup(s->from);
			s->label = xasprintf("%s of %s", s->name, basename(copy));
			s->key = xasprintf("%s:%s", basename(copy), s->name);
			free(copy);
		} else {
			s->label = xstrdup(s->name);
			s->key = xstrdup(s->name);
		}
	}
}

static int open_all(struct prog *p, struct used *used)
{
	const struct prog_opts *o = p->opts;
	size_t i, k;
	int ret = 0;

	for (i = 0; i < o->files.n && !ret; i++) {
		for (k = 0; k < o->programs.n && !ret; k++)
			ret = open_subject(p, o->files.word[i], o->programs.word[k], used);
		if (!o->programs.n)
			ret = open_subject(p, o->files.word[i], NULL, used);
	}
	for (i = 0; i < o->pinned.n && !ret; i++)
		ret = open_pinned(p, o->pinned.word[i]);
	for (i = 0; i < o->ids.n && !ret; i++)
		ret = open_id(p, o->ids.word[i]);
	return ret ?: check_used(&o->consts, used->consts, "const") ?:
	       check_used(&o->maps, used->maps, "map");
}

static int check_alike(const struct prog *p)
{
	size_t i;

	for (i = 1; i < p->nsubjects; i++) {
		if (!strcmp(prog_type_name(p->subject[i].type), prog_type_name(p->subject[0].type)))
			continue;
		err("%s is for %s, %s for %s: programs of one hook can be compared",
		    p->subject[0].name, prog_type_name(p->subject[0].type), p->subject[i].name,
		    prog_type_name(p->subject[i].type));
		return -EINVAL;
	}
	return 0;
}

static int run_setup(struct prog *p)
{
	struct bpf_object *obj[SUBJECTS_MAX];
	size_t i, n = 0;

	for (i = 0; i < p->nsubjects; i++)
		if (p->subject[i].obj)
			obj[n++] = p->subject[i].obj;
	return p->opts->setup ? setup_run(p->opts->setup, obj, n) : 0;
}

int subjects_load(struct prog *p)
{
	const struct prog_opts *o = p->opts;
	size_t n = o->files.n * (o->programs.n ?: 1) + o->pinned.n + o->ids.n;
	struct used used = {
		.consts = xcalloc(o->consts.n + 1, sizeof(bool)),
		.maps = xcalloc(o->maps.n + 1, sizeof(bool)),
	};
	int ret;

	if (n > SUBJECTS_MAX) {
		err("%zu programs, of which at most %d can be compared", n, SUBJECTS_MAX);
		ret = -E2BIG;
	} else {
		p->subject = xcalloc(n, sizeof(*p->subject));
		ret = open_all(p, &used) ?: check_alike(p) ?: run_setup(p);
	}
	if (!ret)
		name_subjects(p);
	free(used.consts);
	free(used.maps);
	return ret;
}

void subjects_unload(struct prog *p)
{
	size_t i;

	for (i = 0; i < p->nsubjects; i++) {
		struct subject *s = &p->subject[i];

		loads_end(s);
		if (s->obj)
			bpf_object__close(s->obj);
		else if (s->fd >= 0)
			close(s->fd);
		free(s->name);
		free(s->key);
		free(s->label);
		free(s->expected);
	}
	free(p->subject);
	p->subject = NULL;
	p->nsubjects = 0;
}
