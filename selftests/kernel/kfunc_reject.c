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

#define NOT_ALLOWED	" is not allowed\n"
#define VALUE(off, size, arg)	\
	"invalid access to map value, value_size=64 off=" #off " size=" #size "\n" arg " min"
#define READ_ONLY	"write into map forbidden, value_size=64 off=0 size=64"
#define PACKET(off, arg, seen)	\
	"invalid access to packet, off=" #off " size=64, " arg "(id=0,off=" #off ",r=" #seen ")"

/* Programs case_..., each with every kfunc */
static const struct {
	const char *program;
	const char *because;	/* in the verifier's log; NULL: it is accepted */
	bool not_native;	/* of a type that bpf_native_copies() is not for */
} cases[] = {
	{ "accepted", NULL },
	{ "accepted_value", NULL },
	{ "accepted_dst_stack", NULL },
	{ "accepted_src_stack", NULL },
	{ "accepted_dst_packet", NULL },
	{ "accepted_src_packet", NULL },
	{ "accepted_xdp", NULL },
	{ "accepted_tc", NULL, true },
	{ "accepted_sk_skb", NULL, true },
	{ "accepted_syscall", NULL, true },
	{ "dst_too_long", VALUE(0, 65, "R1") },
	{ "src_too_long", VALUE(0, 65, "R3") },
	{ "dst_beyond", VALUE(1, 64, "R1") },
	{ "src_beyond", VALUE(1, 64, "R3") },
	{ "dst_before", VALUE(-1, 64, "R1") },
	{ "src_before", VALUE(-1, 64, "R3") },
	{ "dst_unbounded", "R2 unbounded memory access" },
	{ "src_unbounded", "R4 unbounded memory access" },
	{ "dst_loose", VALUE(0, 127, "R1") },
	{ "src_loose", VALUE(0, 127, "R3") },
	{ "dst_minus_one", "R2 unbounded memory access" },
	{ "src_minus_one", "R4 unbounded memory access" },
	{ "dst_rodata", READ_ONLY },
	{ "dst_rdonly_map", READ_ONLY },
	/* Linux 6.12 takes every buffer of a kfunc for one that is written to */
	{ "src_rodata", READ_ONLY },
	{ "src_rdonly_map", READ_ONLY },
	{ "dst_null", "Possibly NULL pointer passed to trusted arg0" },
	{ "src_null", "Possibly NULL pointer passed to trusted arg2" },
	{ "dst_perhaps_null", "Possibly NULL pointer passed to trusted arg0" },
	{ "src_perhaps_null", "Possibly NULL pointer passed to trusted arg2" },
	{ "dst_number", "R1 type=scalar expected=fp" },
	{ "src_number", "R3 type=scalar expected=fp" },
	{ "dst_context", "R1 type=ctx expected=fp" },
	{ "src_context", "R3 type=ctx expected=fp" },
	{ "dst_stack_too_long", "invalid indirect access to stack R1 off=-32 size=33" },
	{ "src_stack_too_long", "invalid indirect access to stack R3 off=-32 size=33" },
	{ "dst_stack_loose", "invalid indirect access to stack R1 off=-32 size=63" },
	{ "src_stack_loose", "invalid indirect access to stack R3 off=-32 size=63" },
	{ "dst_packet_unchecked", PACKET(0, "R1", 0) },
	{ "src_packet_unchecked", PACKET(0, "R3", 0) },
	{ "dst_packet_too_long", PACKET(0, "R1", 63) },
	{ "src_packet_too_long", PACKET(0, "R3", 63) },
	{ "dst_packet_beyond", PACKET(1, "R1", 64) },
	{ "src_packet_beyond", PACKET(1, "R3", 64) },
	{ "dst_packet_end", "R1 type=pkt_end expected=fp" },
	{ "src_packet_end", "R3 type=pkt_end expected=fp" },
	{ "socket_filter", NOT_ALLOWED },
	{ "cgroup_skb", NOT_ALLOWED },
	{ "sk_msg", NOT_ALLOWED },
	{ "sockops", NOT_ALLOWED },
	{ "lwt_in", NOT_ALLOWED },
	{ "action", NOT_ALLOWED },
	{ "flow_dissector", NOT_ALLOWED },
	{ "sk_reuseport", NOT_ALLOWED },
};

/* In the order of the program's "which" */
static const struct {
	const char *name, *module;	/* of no module: the kernel's */
} kfuncs[] = {
	{ "bpf_memcpy_rep_movs", "hookcost_kfunc" },
	{ "bpf_memcpy_by_size", "hookcost_kfunc" },
	{ "bpf_native_copies", "hookcost_native" },
	{ "bpf_memcpy", NULL },
};

#define NATIVE_COPIES	2
#define KERNEL_MEMCPY	3

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

static bool check(const char *name, const char *because, unsigned int which, char *log)
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
	skel->rodata->which = which;
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

static void check_all(unsigned int which, char *log)
{
	const char *name = kfuncs[which].name, *because;
	const char *module = kfuncs[which].module;
	const char *where = module ?: "this kernel";
	bool there = module ? hc_loaded(module) : hc_kernel_func(name);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		because = cases[i].because;
		if (which == NATIVE_COPIES && cases[i].not_native)
			because = NOT_ALLOWED;
		/* which is for every type of program */
		if (which == KERNEL_MEMCPY && because && !strcmp(because, NOT_ALLOWED))
			because = NULL;
		if (there)
			ksft_test_result(log && check(cases[i].program, because, which, log),
					 "%s: %s\n", name, cases[i].program);
		else
			ksft_test_result_skip("%s: %s: %s has it not\n", name,
					      cases[i].program, where);
	}
}

int main(void)
{
	char *log = malloc(LOG_BYTES);
	unsigned int which;

	ksft_print_header();
	hc_need_root();
	hc_need_module("hookcost_kfunc");
	ksft_set_plan(ARRAY_SIZE(kfuncs) * ARRAY_SIZE(cases));
	libbpf_set_print(NULL);
	for (which = 0; which < ARRAY_SIZE(kfuncs); which++)
		check_all(which, log);
	free(log);
	ksft_finished();
}
