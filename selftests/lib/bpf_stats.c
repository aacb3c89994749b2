// SPDX-License-Identifier: GPL-2.0-only
/* Has the kernel count the runs of programs, without the sysctl, until stdin ends */
#include <bpf/bpf.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
	char c;

	if (bpf_enable_stats(BPF_STATS_RUN_TIME) < 0) {
		perror("BPF_ENABLE_STATS");
		return 1;
	}
	puts("on");
	fflush(stdout);
	while (read(STDIN_FILENO, &c, 1) > 0)
		;
	return 0;
}
