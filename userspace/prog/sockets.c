// SPDX-License-Identifier: GPL-2.0-only
/* UDP sockets for SK_SKB programs, see sockets.h */
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include "core/run.h"
#include "core/util.h"
#include "prog/sockets.h"
#include "same_sk_skb.skel.h"

/* All that is under way at once has room */
#define ROOM		(16 << 20)
#define WAIT_MS		1000
/* A message that has not come by then has been dropped; the next rounds would show it */
#define DROPPED_MS	20

static int loopback_up(void)
{
	struct ifreq ifr = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), ret = 0;

	if (fd < 0)
		return -errno;
	if (ioctl(fd, SIOCSIFFLAGS, &ifr))
		ret = -errno;
	close(fd);
	return ret;
}

static int udp_socket(struct sockaddr_in *at)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), room = ROOM;
	socklen_t len = sizeof(*at);

	*at = (struct sockaddr_in){
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room)) ||
	    bind(fd, (struct sockaddr *)at, len) || getsockname(fd, (struct sockaddr *)at, &len)) {
		int ret = -errno;

		if (fd >= 0)
			close(fd);
		return ret;
	}
	return fd;
}

static int udp_pair(int *a, int *b)
{
	struct sockaddr_in at_a, at_b;

	*a = udp_socket(&at_a);
	if (*a < 0)
		return *a;
	*b = udp_socket(&at_b);
	if (*b < 0)
		return *b;
	return connect(*a, (struct sockaddr *)&at_b, sizeof(at_b)) ||
	       connect(*b, (struct sockaddr *)&at_a, sizeof(at_a)) ? -errno : 0;
}

static int make_sockets(struct sockets *s)
{
	int ret = loopback_up() ?: udp_pair(&s->from, &s->to), i;

	for (i = 0; i < SAME_TARGETS && !ret; i++)
		ret = udp_pair(&s->target[i], &s->peer[i]);
	return ret;
}

/* In a namespace that is gone with the last of the sockets */
static int make_apart(struct sockets *s)
{
	int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), ret;

	if (home < 0)
		return -errno;
	ret = unshare(CLONE_NEWNET) ? -errno : make_sockets(s);
	if (setns(home, CLONE_NEWNET) && !ret)
		ret = -errno;
	close(home);
	return ret;
}

bool sockets_fit(const struct bpf_map *map)
{
	return bpf_map__type(map) == BPF_MAP_TYPE_SOCKMAP ||
	       (bpf_map__type(map) == BPF_MAP_TYPE_SOCKHASH &&
		bpf_map__key_size(map) == sizeof(__u32));
}

int sockets_offer(const struct sockets *s, const struct bpf_map *map)
{
	__u32 key, n = bpf_map__max_entries(map);
	__u64 value;

	for (key = 0; key < n && key < SAME_TARGETS; key++) {
		value = s->target[key];
		if (bpf_map_update_elem(bpf_map__fd(map), &key, &value, BPF_NOEXIST) &&
		    errno != EEXIST)
			return -errno;
	}
	return 0;
}

int sockets_open(struct sockets *s)
{
	int ret, i;

	*s = (struct sockets){ .from = -1, .to = -1, .attached = -1 };
	for (i = 0; i < SAME_TARGETS; i++) {
		s->target[i] = -1;
		s->peer[i] = -1;
	}
	ret = make_apart(s);
	if (ret) {
		err("cannot make sockets in a network namespace: %s", strerror(-ret));
		return ret;
	}
	s->same = same_sk_skb_bpf__open_and_load();
	ret = s->same ? sockets_offer(s, s->same->maps.targets) : -errno;
	if (ret)
		err("cannot load a program that returns a verdict: %s", strerror(-ret));
	return ret;
}

static void close_one(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void sockets_close(struct sockets *s)
{
	int i;

	close_one(&s->from);
	close_one(&s->to);
	for (i = 0; i < SAME_TARGETS; i++) {
		close_one(&s->target[i]);
		close_one(&s->peer[i]);
	}
	same_sk_skb_bpf__destroy(s->same);
	s->same = NULL;
}

int sockets_attach(struct sockets *s, int prog_fd)
{
	int map = bpf_map__fd(s->same->maps.socks);
	__u64 value = s->to;
	__u32 key = 0;
	int ret;

	if (s->attached == prog_fd)
		return 0;
	/* a socket keeps the program that the map had when it was put there */
	if (s->attached >= 0) {
		bpf_map_delete_elem(map, &key);
		bpf_prog_detach2(s->attached, map, BPF_SK_SKB_VERDICT);
	}
	s->attached = -1;
	if (bpf_prog_attach(prog_fd, map, BPF_SK_SKB_VERDICT, 0) ||
	    bpf_map_update_elem(map, &key, &value, BPF_ANY)) {
		ret = -errno;
		err("cannot attach an SK_SKB program: %s", strerror(-ret));
		return ret;
	}
	s->attached = prog_fd;
	return 0;
}

static int socket_of(const struct sockets *s, enum outcome out)
{
	if (out == OUT_PASS)
		return s->to;
	return OUT_SENT(out) ? s->peer[OUT_KEY(out)] : s->target[OUT_KEY(out)];
}

/* All that is there: message boundaries are lost on the way through a verdict program */
static uint64_t drain(int fd)
{
	static char buf[65536];
	uint64_t bytes = 0;
	ssize_t n;

	while ((n = recv(fd, buf, sizeof(buf), MSG_DONTWAIT)) > 0)
		bytes += n;
	return bytes;
}

int sockets_try(struct sockets *s, const struct message *m)
{
	struct pollfd fds[OUTCOMES];
	int i, n;

	for (i = OUT_PASS; i < OUTCOMES; i++)
		fds[i - OUT_PASS] = (struct pollfd){ .fd = socket_of(s, i), .events = POLLIN };
	if (send(s->from, m->data, m->len, 0) != (ssize_t)m->len)
		return -errno;
	n = poll(fds, OUTCOMES - OUT_PASS, DROPPED_MS);
	if (n < 0)
		return -errno;
	for (i = OUT_PASS; n && i < OUTCOMES; i++)
		if (fds[i - OUT_PASS].revents & POLLIN) {
			drain(fds[i - OUT_PASS].fd);
			return i;
		}
	return OUT_DROP;
}

static int send_chunk(const struct sockets *s, const struct message *m, size_t n, uint64_t *bytes)
{
	struct mmsghdr msg[MESSAGES_CHUNK] = { };
	struct iovec iov[MESSAGES_CHUNK];
	size_t i;

	for (i = 0; i < n; i++) {
		iov[i] = (struct iovec){ .iov_base = (void *)m[i].data, .iov_len = m[i].len };
		msg[i].msg_hdr.msg_iov = &iov[i];
		msg[i].msg_hdr.msg_iovlen = 1;
		*bytes += m[i].len;
	}
	return sendmmsg(s->from, msg, n, 0) == (int)n ? 0 : -errno;
}

/* As many bytes as that; those that a work delivers are waited for */
static int read_chunk(int fd, uint64_t want, uint64_t *bytes)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	uint64_t have = drain(fd);
	int n;

	while (have < want) {
		n = poll(&p, 1, WAIT_MS);
		if (n <= 0)
			return n ? -errno : -ETIMEDOUT;
		have += drain(fd);
	}
	*bytes += have;
	return 0;
}

double sockets_run(struct sockets *s, const struct message *m, size_t n, enum outcome out,
		   uint64_t *bytes)
{
	int fd = out == OUT_DROP ? -1 : socket_of(s, out), ret = 0;
	double begin = now_ns();
	size_t i, chunk;

	for (i = 0; i < n && !ret; i += chunk) {
		uint64_t sent = 0;

		chunk = n - i < MESSAGES_CHUNK ? n - i : MESSAGES_CHUNK;
		ret = send_chunk(s, m + i, chunk, &sent);
		if (!ret && fd >= 0)
			ret = read_chunk(fd, sent, bytes);
	}
	return ret ? ret : now_ns() - begin;
}

uint64_t sockets_stray(struct sockets *s)
{
	uint64_t bytes = 0;
	int i;

	for (i = OUT_PASS; i < OUTCOMES; i++)
		bytes += drain(socket_of(s, i));
	return bytes;
}
