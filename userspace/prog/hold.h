/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOOKCOST_HOLD_H
#define HOOKCOST_HOLD_H

/*
 * test_run puts an XDP program into the kernel's dispatcher and takes it out again, and waits for
 * a grace period each time, unless it is there already. This attaches it where no packet comes,
 * to the loopback of a network namespace that nobody is in. What cannot be held is only slower.
 */
struct hold {
	int ns, link;
};

void hold_begin(struct hold *h, int prog_fd);
void hold_end(struct hold *h);

#endif /* HOOKCOST_HOLD_H */
