// SPDX-License-Identifier: GPL-2.0-only
/*
 * foreign HOOK NETDEV [PID]: has a program of its own there until it is killed, and says
 * "attached ID" when it does. With PID the netdev is in a network namespace that this process
 * has open; both are waited for. At "cgroup" and "sock_ops" NETDEV is not looked at: it is the
 * root's program, for the sockets of all.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/if_link.h>
#include <linux/if_xdp.h>

#include "foreign.skel.h"

#ifndef SOL_XDP
#define SOL_XDP	283
#endif

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define SECONDS		60
#define POLL_US		2000

struct place {
	const char *netdev;
	int pid;			/* 0: this namespace */
	unsigned int ifindex;
	int ns;
};

static volatile sig_atomic_t stopped;

static void stop(int sig)
{
	stopped = sig;
}

/* One of the descriptors of the process is a namespace with that netdev */
static bool find_in(struct place *p)
{
	char path[64], target[32];
	int fd;

	for (fd = 3; fd < 256; fd++) {
		ssize_t n;

		snprintf(path, sizeof(path), "/proc/%d/fd/%d", p->pid, fd);
		n = readlink(path, target, sizeof(target) - 1);
		if (n < 0 || strncmp(target, "net:[", 5))
			continue;
		p->ns = open(path, O_RDONLY | O_CLOEXEC);
		if (p->ns >= 0 && !setns(p->ns, CLONE_NEWNET)) {
			p->ifindex = if_nametoindex(p->netdev);
			if (p->ifindex)
				return true;
		}
		close(p->ns);
	}
	return false;
}

static bool find(struct place *p)
{
	if (p->pid)
		return find_in(p);
	p->ns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	p->ifindex = if_nametoindex(p->netdev);
	return p->ifindex;
}

static int at_tcx(const struct place *p, int prog, unsigned int type)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .flags = BPF_F_BEFORE);

	return bpf_link_create(prog, p->ifindex, type, &opts);
}

static int at_cls_bpf(const struct place *p, int prog, unsigned int point)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .attach_point = point, .ifindex = p->ifindex);
	LIBBPF_OPTS(bpf_tc_opts, opts, .prog_fd = prog, .handle = 1, .priority = 1);
	int ret = bpf_tc_hook_create(&hook);

	return ret && ret != -EEXIST ? ret : bpf_tc_attach(&hook, &opts);
}

static int at_xdp(const struct place *p, int prog, unsigned int mode)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .flags = mode);

	return bpf_link_create(prog, p->ifindex, BPF_XDP, &opts);
}

static int at_netns(const struct place *p, int prog, unsigned int type)
{
	return bpf_link_create(prog, p->ns, type, NULL);
}

/* The root, where the processes of all cgroups are below */
static int at_cgroup(const struct place *p, int prog, unsigned int type)
{
	int fs = syscall(SYS_fsopen, "cgroup2", FSOPEN_CLOEXEC), root;

	if (fs < 0 || syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		return -errno;
	root = syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, 0);
	return root < 0 ? -errno : bpf_link_create(prog, root, type, NULL);
}

/* An AF_XDP socket at its first queue, without a program: nothing comes to it */
static int at_xsk(const struct place *p, int prog, unsigned int flags)
{
	static const int rings[] = { XDP_UMEM_FILL_RING, XDP_UMEM_COMPLETION_RING, XDP_RX_RING };
	static char memory[16 * 4096] __attribute__((aligned(4096)));
	struct xdp_umem_reg reg = {
		.addr = (uintptr_t)memory, .len = sizeof(memory), .chunk_size = 4096,
	};
	struct sockaddr_xdp addr = {
		.sxdp_family = AF_XDP, .sxdp_flags = flags, .sxdp_ifindex = p->ifindex,
	};
	int fd = socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0), size = 16;
	size_t i;

	if (fd < 0 || setsockopt(fd, SOL_XDP, XDP_UMEM_REG, &reg, sizeof(reg)))
		return -errno;
	for (i = 0; i < ARRAY_SIZE(rings); i++)
		if (setsockopt(fd, SOL_XDP, rings[i], &size, sizeof(size)))
			return -errno;
	return bind(fd, (void *)&addr, sizeof(addr)) ? -errno : fd;
}

static const struct hook {
	const char *name, *program;
	int (*attach)(const struct place *p, int prog, unsigned int how);
	unsigned int how;
} hooks[] = {
	{ "tcx", "tc_pass", at_tcx, BPF_TCX_INGRESS },
	{ "tcx_end", "tc_end", at_tcx, BPF_TCX_INGRESS },
	{ "tcx_egress", "tc_pass", at_tcx, BPF_TCX_EGRESS },
	{ "cls_bpf", "tc_pass", at_cls_bpf, BPF_TC_INGRESS },
	{ "cls_bpf_egress", "tc_pass", at_cls_bpf, BPF_TC_EGRESS },
	{ "xdp", "xdp_pass", at_xdp, XDP_FLAGS_DRV_MODE },
	{ "xdp_generic", "xdp_pass", at_xdp, XDP_FLAGS_SKB_MODE },
	{ "flow_dissector", "dissector", at_netns, BPF_FLOW_DISSECTOR },
	{ "sk_lookup", "lookup", at_netns, BPF_SK_LOOKUP },
	{ "xsk", "xdp_pass", at_xsk, XDP_COPY },
	{ "cgroup", "cgroup_in", at_cgroup, BPF_CGROUP_INET_INGRESS },
	{ "sock_ops", "sock_events", at_cgroup, BPF_CGROUP_SOCK_OPS },
};

static const struct hook *find_hook(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(hooks); i++)
		if (!strcmp(hooks[i].name, name))
			return &hooks[i];
	return NULL;
}

/* The hook's program alone: a kernel need not have the others' types; its descriptor */
static int load(const struct hook *h)
{
	struct foreign *s = foreign__open();
	struct bpf_program *prog, *wanted;

	if (!s)
		return -errno;
	wanted = bpf_object__find_program_by_name(s->obj, h->program);
	bpf_object__for_each_program(prog, s->obj)
		bpf_program__set_autoload(prog, prog == wanted);
	if (h->attach == at_tcx)
		bpf_program__set_expected_attach_type(wanted, h->how);
	return foreign__load(s) ? -errno : bpf_program__fd(wanted);
}

static unsigned int id_of(int prog)
{
	struct bpf_prog_info info = {};
	__u32 len = sizeof(info);

	return bpf_prog_get_info_by_fd(prog, &info, &len) ? 0 : info.id;
}

/* 0, or -errno; another program may be in the way for a while */
static int attach(const struct hook *h, struct place *p, int prog)
{
	int ret = -ENODEV, i;

	for (i = 0; i < SECONDS * 1000000 / POLL_US && ret < 0 && !stopped; i++) {
		if (p->ifindex || h->attach == at_cgroup || find(p))
			ret = h->attach(p, prog, h->how);
		if (ret < 0)
			usleep(POLL_US);
	}
	return ret < 0 ? ret : 0;
}

int main(int argc, char **argv)
{
	struct sigaction sa = { .sa_handler = stop };
	const struct hook *h = argc > 2 ? find_hook(argv[1]) : NULL;
	struct place p = {};
	int ret, prog;

	if (!h) {
		fprintf(stderr, "usage: foreign HOOK NETDEV [PID]\n");
		return 1;
	}
	p.netdev = argv[2];
	p.pid = argc > 3 ? atoi(argv[3]) : 0;
	prog = load(h);
	if (prog < 0) {
		fprintf(stderr, "foreign: %s is not loaded: %s\n", h->program, strerror(-prog));
		return 1;
	}
	sigaction(SIGTERM, &sa, NULL);
	ret = attach(h, &p, prog);
	if (ret) {
		fprintf(stderr, "foreign: %s at %s: %s\n", argv[1], p.netdev, strerror(-ret));
		return 1;
	}
	printf("attached %u\n", id_of(prog));
	fflush(stdout);
	while (!stopped)
		usleep(POLL_US);
	/* links end with the process */
	if (h->attach == at_cls_bpf) {
		LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = p.ifindex,
			    .attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS);
		bpf_tc_hook_destroy(&hook);
	}
	return 0;
}
