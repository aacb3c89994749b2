/* SPDX-License-Identifier: GPL-2.0-only */
/* Before a run prints anything: are two known delays read as what they are? */
#ifndef HOOKCOST_SELFCHECK_H
#define HOOKCOST_SELFCHECK_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdio.h>
#include "report/result.h"

/*
 * Takes about a second, and many where it cannot be told; quick: not as many. Once per process.
 * Needs no cleanup of the caller's
 */
void selfcheck_run(bool quick);
/* Not checked, and why; no hook is turned on then */
void selfcheck_leave_out(const char *why);
void selfcheck_print(FILE *out);
/* Adds its field to the environment's, and returns that */
struct json_object *selfcheck_add(struct json_object *environment);
/*
 * VALIDITY_INDICATIVE if a delay was missed, or if that cannot be told after all rounds; what
 * could not be checked says nothing
 */
enum validity selfcheck_validity(char *why, size_t len);

#endif /* HOOKCOST_SELFCHECK_H */
