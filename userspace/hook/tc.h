/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOOKCOST_TC_H
#define HOOKCOST_TC_H

struct hook;

/* The least program at TC ingress, for both ways to it; as in struct hook_reach */
int tc_least(struct hook *h);

#endif /* HOOKCOST_TC_H */
