// SPDX-License-Identifier: GPL-2.0-only
/* Keeps an XDP program in the kernel's dispatcher, see hold.h */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/if_link.h>
#include <bpf/bpf.h>
#include "core/run.h"
#include "prog/hold.h"

/* A namespace's first netdev, always */
#define LOOPBACK 1

static int attach(int prog_fd)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .flags = XDP_FLAGS_SKB_MODE);

	return bpf_link_create(prog_fd, LOOPBACK, BPF_XDP, &opts);
}

void hold_begin(struct hold *h, int prog_fd)
{
	int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);

	h->ns = -1;
	h->link = -1;
	if (home < 0)
		return;
	if (!unshare(CLONE_NEWNET)) {
		h->ns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
		h->link = attach(prog_fd);
		if (h->link < 0)
			info("the dispatcher cannot be made to keep it: %s", strerror(errno));
		if (setns(home, CLONE_NEWNET))
			err("cannot return to the network namespace: %s", strerror(errno));
	}
	close(home);
}

void hold_end(struct hold *h)
{
	if (h->link >= 0)
		close(h->link);
	if (h->ns >= 0)
		close(h->ns);
	h->ns = -1;
	h->link = -1;
}
