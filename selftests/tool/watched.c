// SPDX-License-Identifier: GPL-2.0-only
/*
 * Has programs for hookcost watch: "short", "long", and "plain", which has no type information.
 * Prints their numbers, and runs one as often as a line of standard input says: "short 1000"; the
 * answer is how many nanoseconds a run took, by the kernel.
 * "programs" prints how many there are on the machine.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/bpf.h>
#include <bpf/bpf.h>
#include "watched.skel.h"

static const struct bpf_insn two[] = {
	{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
	{ .code = BPF_JMP | BPF_EXIT },
};

static unsigned int id_of(int prog)
{
	struct bpf_prog_info info = {};
	__u32 len = sizeof(info);

	return bpf_prog_get_info_by_fd(prog, &info, &len) ? 0 : info.id;
}

static int run(int prog, int times, unsigned int *ns)
{
	static char frame[64];
	int ret;

	LIBBPF_OPTS(bpf_test_run_opts, opts,
		    .data_in = frame,
		    .data_size_in = sizeof(frame),
		    .repeat = times);
	ret = bpf_prog_test_run_opts(prog, &opts);
	*ns = opts.duration;
	return ret;
}

static unsigned int count_programs(void)
{
	unsigned int n = 0;
	__u32 id = 0;

	while (!bpf_prog_get_next_id(id, &id))
		n++;
	return n;
}

int main(void)
{
	struct watched *s = watched__open_and_load();
	struct { const char *name; int prog; } at[3];
	unsigned int ns;
	char word[16];
	int times;
	size_t i;

	if (!s) {
		fprintf(stderr, "watched: not loaded: %s\n", strerror(errno));
		return 1;
	}
	at[0].name = "short";
	at[0].prog = bpf_program__fd(s->progs.watched_short);
	at[1].name = "long";
	at[1].prog = bpf_program__fd(s->progs.watched_long_with_a_name_that_the_kernel_cuts_off);
	at[2].name = "plain";
	at[2].prog = bpf_prog_load(BPF_PROG_TYPE_SCHED_CLS, "plain", "GPL", two, 2, NULL);
	for (i = 0; i < 3; i++)
		printf("%s%u", i ? " " : "", id_of(at[i].prog));
	printf("\n");
	fflush(stdout);
	while (scanf("%15s", word) == 1) {
		if (!strcmp(word, "programs")) {
			printf("%u\n", count_programs());
			fflush(stdout);
			continue;
		}
		for (i = 0; i < 3 && strcmp(word, at[i].name); i++)
			;
		if (i == 3 || scanf("%d", &times) != 1 || run(at[i].prog, times, &ns)) {
			fprintf(stderr, "watched: %s: %s\n", word, strerror(errno));
			return 1;
		}
		printf("%u\n", ns);
		fflush(stdout);
	}
	return 0;
}
