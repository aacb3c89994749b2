// SPDX-License-Identifier: GPL-2.0-only
/* xdp_hold NETDEV: it has an XDP program in its driver, which passes all, until stdin ends */
#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <net/if.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	static const struct bpf_insn pass[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = XDP_PASS },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	unsigned int ifindex = argc == 2 ? if_nametoindex(argv[1]) : 0;
	int prog, link;
	char c;

	if (!ifindex) {
		fprintf(stderr, "usage: xdp_hold NETDEV, which there must be\n");
		return 1;
	}
	prog = bpf_prog_load(BPF_PROG_TYPE_XDP, "hold", "GPL", pass, 2, NULL);
	link = prog < 0 ? prog : bpf_link_create(prog, ifindex, BPF_XDP, NULL);
	if (link < 0) {
		perror("xdp_hold");
		return 1;
	}
	puts("on");
	fflush(stdout);
	while (read(STDIN_FILENO, &c, 1) > 0)
		;
	return 0;
}
