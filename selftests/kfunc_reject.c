// SPDX-License-Identifier: GPL-2.0-only
/* The verifier refuses wrong calls of the kfuncs, each for its own reason */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kselftest.h"
#include "hookcost_test.h"
#include "kfunc_reject.skel.h"

#define LOG_BYTES	(1024 * 1024)

/* Programs case_..., each with both kfuncs */
static const struct {
	const char *program;
	const char *because;	/* in the verifier's log; NULL: it is accepted */
} cases[] = {
	{ "accepted", NULL },
	{ "accepted_value", NULL },
	{ "accepted_xdp", NULL },
	{ "accepted_tc", NULL },
	{ "accepted_sk_skb", NULL },
	{ "dst_too_long", "invalid access to map value, value_size=64 off=0 size=65\nR1 min" },
	{ "src_too_long", "invalid access to map value, value_size=64 off=0 size=65\nR3 min" },
	{ "dst_beyond", "invalid access to map value, value_size=64 off=1 size=64\nR1 min" },
	{ "src_beyond", "invalid access to map value, value_size=64 off=1 size=64\nR3 min" },
	{ "dst_before", "invalid access to map value, value_size=64 off=-1 size=64\nR1 min" },
	{ "dst_unbounded", "R2 unbounded memory access" },
	{ "src_unbounded", "R4 unbounded memory access" },
	{ "dst_loose", "invalid access to map value, value_size=64 off=0 size=127\nR1 min" },
	{ "src_loose", "invalid access to map value, value_size=64 off=0 size=127\nR3 min" },
	{ "dst_rodata", "write into map forbidden, value_size=64 off=0 size=64" },
	{ "dst_rdonly_map", "write into map forbidden, value_size=64 off=0 size=64" },
	{ "dst_null", "Possibly NULL pointer passed to trusted arg0" },
	{ "src_null", "Possibly NULL pointer passed to trusted arg2" },
	{ "dst_perhaps_null", "Possibly NULL pointer passed to trusted arg0" },
	{ "src_perhaps_null", "Possibly NULL pointer passed to trusted arg2" },
	{ "dst_number", "R1 type=scalar expected=fp" },
	{ "src_number", "R3 type=scalar expected=fp" },
	{ "dst_context", "R1 type=ctx expected=fp" },
	{ "dst_stack_too_long", "invalid indirect access to stack R1 off=-32 size=33" },
	{ "packet_unchecked", "invalid access to packet, off=0 size=64, R1(id=0,off=0,r=0)" },
	{ "packet_too_long", "invalid access to packet, off=0 size=64, R1(id=0,off=0,r=63)" },
	{ "socket_filter", " is not allowed\n" },
	{ "cgroup_skb", " is not allowed\n" },
	{ "sk_msg", " is not allowed\n" },
	{ "sockops", " is not allowed\n" },
	{ "lwt_in", " is not allowed\n" },
};

/* The last line but one says why; the last one counts instructions */
static void print_log(const char *log)
{
	size_t len = strlen(log), from = len > 400 ? len - 400 : 0;
	char *tail = strdup(log + from), *line, *pos = tail;

	while ((line = strsep(&pos, "\n")))
		if (*line)
			ksft_print_msg("%s\n", line);
	free(tail);
}

static bool check(const char *name, const char *because, bool by_size, char *log)
{
	struct kfunc_reject *skel = kfunc_reject__open();
	struct bpf_program *prog;
	char symbol[64];
	bool ok;
	int ret;

	*log = '\0';
	snprintf(symbol, sizeof(symbol), "case_%s", name);
	prog = skel ? bpf_object__find_program_by_name(skel->obj, symbol) : NULL;
	if (!prog || bpf_program__set_autoload(prog, true) ||
	    bpf_program__set_log_buf(prog, log, LOG_BYTES) ||
	    bpf_program__set_log_level(prog, 1)) {
		ksft_print_msg("there is no program %s to load\n", symbol);
		kfunc_reject__destroy(skel);
		return false;
	}
	skel->rodata->by_size = by_size;
	ret = kfunc_reject__load(skel);
	if (!because)
		ok = !ret;
	else
		ok = (ret == -EACCES || ret == -EINVAL) && strstr(log, because);
	if (!ok) {
		ksft_print_msg("%s: %s; expected: %s\n", name, ret ? strerror(-ret) : "accepted",
			       because ?: "accepted");
		print_log(log);
	}
	kfunc_reject__destroy(skel);
	return ok;
}

int main(void)
{
	static const char *const kfunc[] = { "bpf_memcpy_rep_movs", "bpf_memcpy" };
	char *log = malloc(LOG_BYTES);
	size_t i;
	int by_size;

	ksft_print_header();
	hc_need_root();
	hc_need_module("hookcost_kfunc");
	ksft_set_plan(2 * ARRAY_SIZE(cases));
	libbpf_set_print(NULL);
	for (by_size = 0; by_size < 2; by_size++)
		for (i = 0; i < ARRAY_SIZE(cases); i++)
			ksft_test_result(log && check(cases[i].program, cases[i].because,
						      by_size, log),
					 "%s: %s\n", kfunc[by_size], cases[i].program);
	free(log);
	ksft_finished();
}
