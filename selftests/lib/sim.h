/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sim.c: the mlx5 driver over mlx5sim, a software ConnectX
 *
 *	netns a, hc0a 10.203.0.1 -- port 0 ---- port 1 -- hc0b 10.203.0.2, netns b
 *
 * The netdevs are borrowed: they have these names until they are given back.
 */
#ifndef HOOKCOST_TEST_SIM_H
#define HOOKCOST_TEST_SIM_H

#include "hookcost_test.h"
#include "nic_ops.h"

#define SIM_PORT	1		/* hc0b's */

struct sim_net {
	struct hc_net net;
	char name[2][16];		/* as they were found */
	uint32_t flags[2];		/* the driver's private flags */
	uint64_t begun;			/* sim_nic's: received before it was started */
};

/* Of a struct sim_net, for the tests of NIC drivers */
extern const struct nic_ops sim_nic;

/* Ends the program with kselftest's skip status if there is no mlx5sim, or no netdev of it */
void sim_need(void);
/* As hc_net_up() and hc_net_down(); 0, or -1 with a diagnostic line */
int sim_up(struct sim_net *s);
void sim_down(struct sim_net *s);

/* A private flag of hc0b's driver, e.g. "rx_striding_rq"; 0, or -1 with a diagnostic line */
int sim_flag(struct sim_net *s, const char *name, bool on);
/* A counter of the driver's, by its whole name, of hc0a or hc0b; UINT64_MAX if there is none */
uint64_t sim_counter(const struct sim_net *s, const char *dev, const char *name);
/* What has come out of hc0b's receive queues so far, whatever became of it */
uint64_t sim_received(const struct sim_net *s);
/* Packets that the port's queues of this kind have taken, striding or cyclic */
uint64_t sim_taken(bool striding);

/* One write(2) to a file of a port, or of port SIM_PORT, e.g. "gen/burst"; 0 or -errno */
int sim_port_write(int port, const char *file, const void *buf, size_t len);
int sim_write(const char *file, const void *buf, size_t len);
int sim_set(const char *file, uint64_t value);
/* That many frames arrive at hc0b, and its driver has dealt with all; 0, or -1 */
int sim_frames(const struct sim_net *s, const void *frame, size_t len, unsigned int n);
/* Waits until the driver has received so many in all; 0, or -1 with a diagnostic line */
int sim_await(const struct sim_net *s, uint64_t received);
/* A number of a port's file, on the line of this name */
uint64_t sim_number(int port, const char *file, const char *name);
/* Calls line() with each line of a port's file */
void sim_lines(int port, const char *file, void (*line)(const char *text, void *arg), void *arg);

#endif /* HOOKCOST_TEST_SIM_H */
