/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests of the kernel patches share: debugfs tables, network, traffic */
#ifndef HOOKCOST_TEST_H
#define HOOKCOST_TEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The harness gives a test 30 s, which is not enough where the CPU is emulated */
#ifdef TEST_TIMEOUT_DEFAULT
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT	300
#endif

/* control.c: debugfs */

#define HC_ROOT		"/sys/kernel/debug/hookcost"

/* End the program with kselftest's skip status and the reason, if tests cannot run here */
void hc_need_root(void);
void hc_need_patches(void);
void hc_need_module(const char *name);

/* One write(2) of exactly these bytes to HC_ROOT/file; 0 or -errno */
int hc_write(const char *file, const void *buf, size_t len);
int hc_set(const char *file, const char *text);
/* HC_ROOT/file, valid until the next call; "" if it cannot be read */
const char *hc_get(const char *file);
/* Hooks none, native off, device any, clock plain, tables empty; 0 or -errno */
int hc_all_off(void);

/* modules.c: modules from the folder that $HOOKCOST_MODULES names */

bool hc_loaded(const char *name);
bool hc_can_load(const char *name);
/* 0 or -errno; -EWOULDBLOCK: it is in use */
int hc_load(const char *name);
int hc_unload(const char *name);
/* References to a loaded module; -1 if it is not */
int hc_references(const char *name);

/* btf.c: the id of a function of the kernel's own, and of no module; 0: it has none */
int hc_kernel_func(const char *name);

/* control.c again: native programs */

#define HC_PROGRAMS	32

struct hc_native {
	char active[32];
	uint64_t arg;
	struct {
		char name[32], owner[32];
		uint64_t max;
	} program[HC_PROGRAMS];
	size_t nprograms;
	/* whose XDP programs the active one replaces; of several, the last */
	char device[16];
	unsigned int ifindex, netns;
	size_t ndevices;
};

struct hc_net;

/* The table of native programs; 0, or -EBADMSG with a diagnostic line */
int hc_read_native(struct hc_native *n);
/* "NAME [ARG]" in place of hc0b's XDP program; 0 or -errno */
int hc_native(const struct hc_net *n, const char *choice);
int hc_set_native(const struct hc_net *n, const char *name, uint64_t arg);
int hc_native_off(void);

/* table.c: a hook's table */

#define HC_PHASES	8

struct hc_phase {
	char name[16];
	unsigned int reads;
	uint64_t count, sum, min, max;
	uint64_t median;	/* low end of its bucket */
};

struct hc_hook {
	int enabled;
	char mode[16];
	uint64_t khz, unstamped, unsited, backward;
	struct hc_phase phase[HC_PHASES];
	size_t nphases;
};

/*
 * 0, or -EBADMSG with a diagnostic line. What is checked holds at any time: the
 * format, the phases and their order, buckets in order whose sum is the count.
 */
int hc_read_hook(const char *hook, struct hc_hook *h);
/* As above, and what holds when no packet is under way: counts agree, phases add up */
int hc_read_idle(const char *hook, struct hc_hook *h);
const struct hc_phase *hc_phase(const struct hc_hook *h, const char *name);
/* Samples in all phases alike, and those that the table states as lost */
uint64_t hc_seen(const struct hc_hook *h);

/*
 * net.c: netns a, hcNa 10.203.N.1 ---- veth ---- hcNb 10.203.N.2, netns b
 *
 * Static neighbours and no IPv6 unless asked for: nothing is sent but by the test.
 */

struct hc_net {
	int home, a, b;
};

/* Two namespaces with nothing in them */
int hc_namespaces(struct hc_net *n);
/* Two namespaces and pair 0; 0, or -1 with a diagnostic line */
int hc_net_up(struct hc_net *n);
int hc_net_pair(const struct hc_net *n, int pair);
/* The same with so many queues in either direction */
int hc_net_queues(const struct hc_net *n, int pair, unsigned int queues);
int hc_net_ipv6(const struct hc_net *n);
void hc_net_down(struct hc_net *n);
/* The address of a namespace's device, known to another's */
int hc_neighbour(int ns, const char *dev, int of, const char *of_dev, const char *address);
/* The calling thread's namespace; the sockets that it opens stay there */
void hc_enter(int ns);
int hc_this_ns(void);
int hc_shell(int ns, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
unsigned int hc_ifindex(int ns, const char *dev);
int hc_mac(int ns, const char *dev, uint8_t mac[6]);

/* ethtool.c */

/* An ioctl, as it is: 0 or -1 with errno, and no line */
int hc_ethtool(int ns, const char *dev, void *command);
/* GRO makes veth receive in NAPI even without an XDP program, what comes without TSO above all */
int hc_gro(int ns, const char *dev, bool on);
int hc_tso(int ns, const char *dev, bool on);
/* An ethtool counter, summed over the queues, e.g. "xdp_drops"; UINT64_MAX if there is none */
uint64_t hc_counter(int ns, const char *dev, const char *name);
/* The sum of the counters that are wanted, all of one moment; UINT64_MAX if there is none */
uint64_t hc_counters(int ns, const char *dev, bool (*wanted)(const char *name, const void *arg),
		     const void *arg);
/* A driver's private flag, e.g. "rx_striding_rq"; 0, or -1 with a diagnostic line */
int hc_private_flag(int ns, const char *dev, const char *name, bool on);

/*
 * borrow.c: netdevs that exist, in place of pair 0: they have the names and addresses of
 * its ends until they are given back. 0, or -1 with a diagnostic line.
 */
int hc_borrow(const struct hc_net *n, const char *a, const char *b);
void hc_give_back(const struct hc_net *n, const char *a, const char *b);

/* traffic.c: messages of 64 bytes from a to b */

#define HC_BYTES	64
#define HC_BURST	32

struct hc_flow {
	const struct hc_net *net;
	int pair, tx, rx;
	bool napi;		/* b receives in NAPI: do not get ahead of it */
	unsigned int sent, received;
};

/* Over a pair; family AF_INET or AF_INET6, type SOCK_DGRAM or SOCK_STREAM (connected) */
int hc_flow_open(struct hc_flow *f, const struct hc_net *n, int pair, int family, int type);
void hc_flow_close(struct hc_flow *f);
/* Each is received before the next is sent; 0, or -1 with a diagnostic line */
int hc_one_by_one(struct hc_flow *f, unsigned int n);
/* Bursts, whatever becomes of them; what comes is received meanwhile */
int hc_bursts(struct hc_flow *f, unsigned int n);
/* Receives until `want` have come in all, or none for 200 ms */
void hc_drain(struct hc_flow *f, unsigned int want);

/* An Ethernet frame for hc0b of this type and length, its payload counted up from seed */
void hc_frame(const struct hc_net *n, uint8_t *frame, size_t len, uint16_t type, uint8_t seed);
/* The same for UDP to the flow's socket */
#define HC_UDP_FRAME	(14 + 20 + 8 + HC_BYTES)
void hc_udp_frame(const struct hc_net *n, uint8_t *frame);
/* A packet socket on a device of the namespace, for frames of this type */
int hc_packet_socket(int ns, const char *dev, uint16_t type);
/* Waits until hc0b's NAPI has taken that many frames; 0, or -1 with a diagnostic line */
int hc_await_napi(const struct hc_net *n, int pair, uint64_t count);

#endif /* HOOKCOST_TEST_H */
