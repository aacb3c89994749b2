// SPDX-License-Identifier: GPL-2.0-only
/* How many eBPF programs, maps and links there are on this machine */
#include <bpf/bpf.h>
#include <stdio.h>

static unsigned int count(int (*next)(__u32 start, __u32 *id))
{
	unsigned int n = 0;
	__u32 id = 0;

	while (!next(id, &id))
		n++;
	return n;
}

int main(void)
{
	printf("programs %u maps %u links %u\n", count(bpf_prog_get_next_id),
	       count(bpf_map_get_next_id), count(bpf_link_get_next_id));
	return 0;
}
