// SPDX-License-Identifier: GPL-2.0-only
/* Network, programs and sockets for several flows at once */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kselftest.h"
#include "smp.h"

#define PORT		4720
#define ROOM		(4 << 20)

static const char *const hook_of[] = {
	[SMP_XDP] = "xdp", [SMP_TC] = "tc", [SMP_SK_SKB_UDP] = "sk_skb",
	[SMP_SK_SKB_TCP] = "sk_skb", [SMP_UDP] = "udp", [SMP_TCP] = "tcp",
};

bool smp_have_sim;
static unsigned int cpus;

void smp_begin(void)
{
	hc_need_patches();
	cpus = sysconf(_SC_NPROCESSORS_ONLN);
	if (cpus < 2)
		ksft_exit_skip("one CPU: nothing happens at once\n");
	if (!access("/sys/kernel/debug/mlx5sim/port1", F_OK)) {
		data_begin();
		smp_have_sim = true;
	}
}

static int fail(const char *what)
{
	ksft_print_msg("%s: %s\n", what, strerror(errno));
	return -1;
}

static int get_channels(struct ethtool_channels *c)
{
	*c = (struct ethtool_channels){ .cmd = ETHTOOL_GCHANNELS };
	return data_ethtool("hc0b", c) ? fail("cannot ask hc0b for its channels") : 0;
}

static int set_channels(unsigned int n)
{
	struct ethtool_channels c;

	if (get_channels(&c))
		return -1;
	if (n > c.max_combined)
		n = c.max_combined;
	if (n == c.combined_count)
		return 0;
	c.cmd = ETHTOOL_SCHANNELS;
	c.combined_count = n;
	return data_ethtool("hc0b", &c) ? fail("cannot set hc0b's channels") : 0;
}

static int net_up(struct smp *s)
{
	struct ethtool_channels c;

	if (!s->sim) {
		s->net = &s->own;
		return hc_namespaces(s->net) ?: hc_net_queues(s->net, 0, cpus);
	}
	s->net = &sim.net;
	if (get_channels(&c))
		return -1;
	s->channels = c.combined_count;
	return data_mode(true, false) ?: set_channels(cpus);
}

/* The second pair, whose far end moves between namespaces while packets come */
static int stray_up(struct smp *s)
{
	struct hc_net other;

	if (hc_namespaces(&other))
		return -1;
	s->c = other.b;
	close(other.a);
	close(other.home);
	/* of a test that has failed, over mlx5sim, whose namespaces stay */
	if (hc_ifindex(s->net->a, "hc1a"))
		hc_shell(s->net->a, "ip link del hc1a");
	return hc_net_pair(s->net, 1);
}

int smp_move(struct smp *s, bool to_c)
{
	int from = to_c ? s->net->b : s->c, to = to_c ? s->c : s->net->b;

	return hc_shell(from, "ip link set hc1b netns /proc/%d/fd/%d", getpid(), to) ?:
	       hc_shell(to, "ip link set hc1b up");
}

static int open_flow(struct smp *s, struct smp_flow *f, unsigned int port)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_port = htons(PORT + port),
		.sin_addr.s_addr = htonl(f->stray ? 0x0acb0102 : 0x0acb0002),
	};
	bool stream = s->at == SMP_TCP || s->at == SMP_SK_SKB_TCP;
	int type = (stream ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC;
	int one = 1, room = ROOM, listener;

	hc_enter(s->net->a);
	f->tx = socket(AF_INET, type, 0);
	hc_enter(s->net->b);
	/* nobody reads what comes no further than TC; one socket has all datagrams of SK_SKB */
	if (s->at > SMP_SK_SKB_UDP || (s->at == SMP_SK_SKB_UDP && f == s->flow))
		f->rx = socket(AF_INET, type, 0);
	hc_enter(s->net->home);
	if (f->tx < 0)
		return fail("cannot make a socket");
	if (f->rx >= 0 &&
	    (setsockopt(f->rx, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) ||
	     setsockopt(f->rx, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) ||
	     bind(f->rx, (void *)&addr, sizeof(addr)) || (stream && listen(f->rx, 1))))
		return fail("cannot make a socket to receive");
	if (connect(f->tx, (void *)&addr, sizeof(addr)))
		return fail("cannot connect");
	if (!stream)
		return 0;
	listener = f->rx;
	f->rx = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	close(listener);
	if (f->rx < 0 || setsockopt(f->tx, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)))
		return fail("cannot accept");
	return 0;
}

static int flows_up(struct smp *s)
{
	bool front = s->at == SMP_XDP || s->at == SMP_TC;
	unsigned int i;

	s->threads = cpus < SMP_THREADS ? cpus : SMP_THREADS;
	s->flows = s->threads * SMP_EACH;
	for (i = 0; i < s->flows; i++)
		if (open_flow(s, &s->flow[i], s->at == SMP_SK_SKB_UDP ? 0 : i))
			return -1;
	if (!front)
		return 0;
	s->flow[s->flows].stray = true;
	return open_flow(s, &s->flow[s->flows++], 0);
}

static int attach(struct smp *s, struct bpf_link *link)
{
	if (!link)
		return fail("cannot attach a program");
	s->link[s->links++] = link;
	return 0;
}

static int attach_sockets(struct smp *s)
{
	const struct bpf_program *prog = s->at == SMP_SK_SKB_UDP ? s->progs->progs.smp_sk_skb_drop :
								   s->progs->progs.smp_sk_skb_pass;
	int map = bpf_map__fd(s->progs->maps.socks);
	unsigned int i;

	if (bpf_prog_attach(bpf_program__fd(prog), map, BPF_SK_SKB_VERDICT, 0))
		return fail("cannot attach to the sockmap");
	for (i = 0; i < s->flows; i++) {
		uint64_t fd = s->flow[i].rx;

		if (s->flow[i].rx >= 0 && bpf_map_update_elem(map, &i, &fd, BPF_ANY))
			return fail("cannot put a socket into the sockmap");
	}
	return 0;
}

static int programs_up(struct smp *s)
{
	const struct bpf_program *xdp;

	s->progs = smp_prog__open_and_load();
	if (!s->progs)
		return fail("cannot load the programs");
	xdp = s->at == SMP_XDP ? s->progs->progs.smp_xdp_drop : s->progs->progs.smp_xdp_pass;
	if (attach(s, hook_xdp(s->net, "hc0b", xdp)))
		return -1;
	if (s->at == SMP_XDP || s->at == SMP_TC)
		if (attach(s, hook_xdp(s->net, "hc1b", xdp)))
			return -1;
	if (s->at == SMP_TC)
		return attach(s, hook_tcx(s->net, "hc0b", s->progs->progs.smp_tc)) ?:
		       attach(s, hook_tcx(s->net, "hc1b", s->progs->progs.smp_tc));
	return 0;
}

int smp_up(struct smp *s, enum smp_at at, bool sim_wanted)
{
	unsigned int i;

	memset(s, 0, sizeof(*s));
	s->at = at;
	s->hook = hook_of[at];
	s->sim = sim_wanted;
	s->c = -1;
	for (i = 0; i < SMP_FLOWS; i++) {
		s->flow[i].tx = -1;
		s->flow[i].rx = -1;
	}
	if (hc_all_off() || net_up(s) || stray_up(s) || programs_up(s) || flows_up(s))
		return -1;
	if (at == SMP_SK_SKB_UDP || at == SMP_SK_SKB_TCP)
		return attach_sockets(s);
	return 0;
}

void smp_down(struct smp *s)
{
	unsigned int i;

	if (s->running)
		smp_stop(s);
	hc_all_off();
	for (i = 0; i < SMP_FLOWS; i++) {
		if (s->flow[i].tx >= 0)
			close(s->flow[i].tx);
		if (s->flow[i].rx >= 0)
			close(s->flow[i].rx);
	}
	for (i = 0; i < s->links; i++)
		bpf_link__destroy(s->link[i]);
	smp_prog__destroy(s->progs);
	if (s->sim) {
		/* the namespaces stay: the pair goes by its near end, wherever the far one is */
		if (hc_ifindex(s->net->a, "hc1a"))
			hc_shell(s->net->a, "ip link del hc1a");
		if (s->channels)
			set_channels(s->channels);
	} else if (s->net) {
		hc_net_down(s->net);
	}
	if (s->c >= 0)
		close(s->c);
}
