/* SPDX-License-Identifier: GPL-2.0-only */
/* What traffic.c and its server share */
#ifndef HOOKCOST_TRAFFIC_PRIV_H
#define HOOKCOST_TRAFFIC_PRIV_H

#include "traffic/traffic.h"

/* Whether one thread sends and reads, so that there is no server */
bool traffic_is_burst(const struct traffic *t);
/* Bytes that the server has read so far */
uint64_t traffic_has_read(const struct traffic *t);

#endif /* HOOKCOST_TRAFFIC_PRIV_H */
