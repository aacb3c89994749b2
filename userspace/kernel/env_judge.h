/* SPDX-License-Identifier: GPL-2.0-only */
/* What the environment means for a number, and how it is shown */
#ifndef HOOKCOST_ENV_JUDGE_H
#define HOOKCOST_ENV_JUDGE_H

#include <stdio.h>
#include <json-c/json.h>
#include "kernel/env.h"
#include "report/result.h"

enum validity env_judge(const struct env *e, char *why, size_t len);
/* The same of the clock that times something */
enum validity env_judge_clock(const struct env *e, enum timed_by clock, char *why, size_t len);
struct json_object *env_to_json(const struct env *e);

/* Of the machine this runs on */
struct json_object *env_json(void);
/* Weakest validity that the environment allows, with its reason; its clocks are not in it */
enum validity env_validity(char *why, size_t len);
enum validity env_validity_clock(enum timed_by clock, char *why, size_t len);
/* The weaker of these two */
enum validity env_validity_times(enum timed_by clock, char *why, size_t len);
/* "Linux 6.12.57 (patched), CPU, target": the header of a run */
void env_print(FILE *out);

/*
 * Indicative, if the repetitions' spread (IQR / median) exceeds 5 %: the machine is virtual,
 * or shared; and if there are too few of them to tell
 */
void row_spread_validity(struct row *r, const struct stats *s);
#define SPREAD_MAX_PERCENT	5

#endif /* HOOKCOST_ENV_JUDGE_H */
