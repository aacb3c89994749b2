/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of mlx5sim's data path share. The two netdevs are taken once per
 * program, since that takes longer than most tests do:
 *
 *	netns a, hc0a, port 0 ---- port 1, hc0b, netns b
 *
 * All functions that return int: 0, or -1 with a diagnostic line, unless they say else.
 */
#ifndef HOOKCOST_TEST_SIMDATA_H
#define HOOKCOST_TEST_SIMDATA_H

#include "sim.h"

#define DATA_PORT_A	0	/* hc0a's */
#define DATA_PORT_B	1	/* hc0b's */
#define DATA_TIMEOUT	400	/* s, of a test: the slowest machine emulates its CPU */

extern struct sim_net sim;

/*
 * Before the harness: takes the netdevs, which go back when the program exits. Ends
 * it with kselftest's skip status and the reason if there is no mlx5sim.
 */
void data_begin(void);
/* What is meant for a fast machine, for this one: $HOOKCOST_SCALE parts of it, on a VM 8 */
unsigned int data_some(unsigned int n);
/* How hc0b receives: kind of queue, CQE compression */
int data_mode(bool striding, bool compressed);
int data_mode_of(const char *dev, bool striding, bool compressed);
/* The driver's private flag of hc0a or hc0b; sim_flag() is for hc0b only */
int data_flag(const char *dev, const char *name, bool on);
/* ETH_FLAG_*, ETHTOOL_S*CSUM and the like of hc0a or hc0b */
int data_eth_flag(const char *dev, uint32_t flag, bool on);
int data_eth_value(const char *dev, uint32_t command, uint32_t value);
/* An ethtool ioctl, as it is: 0 or -1 with errno, and no line */
int data_ethtool(const char *dev, void *command);
/* Off at the beginning, as it sends packets of its own */
int data_ipv6(bool on);
int data_mtu(unsigned int mtu);
int data_netns(const char *dev);

/* A number into a debugfs file of a port, as sim_port_write() */
int data_set(int port, const char *file, int64_t value);
/* A file that holds one number */
int64_t data_get(int port, const char *file);
/* A count of the model's */
#define data_counter(port, name)	sim_number(port, "counters", name)
/* No drop, no duplicate, no delay, at both ports */
int data_wire_reset(void);

/* What a driver's counter grows by during a call */
#define DATA_GROWTH(dev, counter, call) ({			\
	const char *_dev = (dev), *_counter = (counter);	\
	uint64_t _from = sim_counter(&sim, _dev, _counter);	\
								\
	call;							\
	sim_counter(&sim, _dev, _counter) - _from;		\
})

/* Polls until the condition holds, 10 s at most; whether it does */
#define DATA_AWAIT(condition) ({				\
	int _tries = 10000;					\
	bool _holds;						\
								\
	do {							\
		_holds = (condition);				\
	} while (!_holds && _tries-- && !usleep(1000));		\
	_holds;							\
})

#endif /* HOOKCOST_TEST_SIMDATA_H */
