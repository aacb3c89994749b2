// SPDX-License-Identifier: GPL-2.0-only
/* The files' grammar, as Documentation/ABI/testing/ has it */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kselftest.h"
#include "fuzz.h"
#include "hookcost_test.h"

#define FRAME_MIN	14
#define INJECT_MAX	10240
#define TEMPLATE_MAX	10254
#define NUMBER_CHARS	24	/* simple_attr_write() has room for one less */

static bool is_space(char c)
{
	/* the kernel's isspace(), which is Latin-1's */
	return (c && strchr(" \t\n\v\f\r", c)) || c == (char)0xa0;
}

/* A line of fewer than size bytes, trimmed; false if there can be none */
static bool get_line(const char *buf, size_t len, size_t size, char *line)
{
	if (len >= size || memchr(buf, '\0', len))
		return false;
	while (len && is_space(buf[len - 1]))
		len--;
	while (len && is_space(*buf)) {
		buf++;
		len--;
	}
	memcpy(line, buf, len);
	line[len] = '\0';
	return true;
}

/* kstrtoull(), of a number that begins at text */
static bool parse(const char *text, int base, uint64_t *val)
{
	char *end;

	if (*text == '+')
		text++;
	/* strtoull() takes signs and spaces */
	if (!isdigit(*text))
		return false;
	errno = 0;
	*val = strtoull(text, &end, base);
	if (errno || end == text)
		return false;
	return !*end || (end[0] == '\n' && !end[1]);
}

static bool parse_signed(const char *text, int64_t *val)
{
	uint64_t v;

	if (*text != '-') {
		if (!parse(text, 0, &v) || v > INT64_MAX)
			return false;
		*val = v;
		return true;
	}
	/* kstrtoll() takes "-" and a number without a sign of its own */
	if (text[1] == '+' || !parse(text + 1, 0, &v) || v > (uint64_t)INT64_MAX + 1)
		return false;
	*val = -v;
	return true;
}

static enum fuzz_fate enable(const char *line, char *shows, size_t size)
{
	static const char *const names[] = { "xdp", "tc", "sk_skb", "udp", "tcp" };
	char copy[512], *pos = copy, *word;
	unsigned int set = 0;
	size_t i, n = 0;

	if (!strcmp(line, "none")) {
		snprintf(shows, size, "none\n");
		return FUZZ_TAKES;
	}
	snprintf(copy, sizeof(copy), "%s", line);
	if (!strcmp(line, "all")) {
		set = 0x1f;
		pos = NULL;
	}
	while ((word = strsep(&pos, " \t\n"))) {
		if (!*word)
			continue;
		for (i = 0; i < ARRAY_SIZE(names) && strcmp(word, names[i]); i++)
			;
		if (i == ARRAY_SIZE(names))
			return FUZZ_REFUSES;
		set |= 1U << i;
	}
	if (!set)
		return FUZZ_REFUSES;
	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (set & 1U << i)
			n += snprintf(shows + n, size - n, "%s%s", n ? " " : "", names[i]);
	snprintf(shows + n, size - n, "\n");
	return FUZZ_TAKES;
}

/* Whether there is a netdev of that name, and one whose driver stamps and has the hook */
static bool netdev(const char *name, bool *has_hook)
{
	static const char *const without[] = { "lo", "dummy", "sit", "tunl", "br" };
	size_t i;

	/* if_nametoindex() cuts names short at a colon, and at their longest */
	if (strchr(name, ':') || strlen(name) >= IF_NAMESIZE || !if_nametoindex(name))
		return false;
	*has_hook = true;
	for (i = 0; i < ARRAY_SIZE(without); i++)
		if (!strncmp(name, without[i], strlen(without[i])))
			*has_hook = false;
	return true;
}

/* "DEV [DEV ...]": each is there and has the hook, and there is one */
static bool all_netdevs(char *names)
{
	bool has_hook, any = false;
	char *name;

	while ((name = strsep(&names, " \t"))) {
		if (!*name)
			continue;
		if (!netdev(name, &has_hook) || !has_hook)
			return false;
		any = true;
	}
	return any;
}

/* "NAME [ARG] dev DEV [DEV ...]" or "off" */
static enum fuzz_fate native(char *line, char *shows, size_t size)
{
	static struct hc_native table;
	char *rest = line, *name, *word;
	uint64_t arg = 0;
	size_t i;

	if (!table.nprograms && hc_read_native(&table))
		return FUZZ_EITHER;
	if (!strcmp(line, "off")) {
		snprintf(shows, size, "hookcost 2 native\nactive off\narg 0\n");
		return FUZZ_TAKES;
	}
	name = strsep(&rest, " \t");
	for (word = NULL; rest; rest = NULL) {
		while (is_space(*rest))
			rest++;
		word = strsep(&rest, " \t");
		if (!strcmp(word, "dev"))
			break;
		if (!parse(word, 10, &arg) || !rest)
			return FUZZ_REFUSES;
		while (is_space(*rest))
			rest++;
		word = strsep(&rest, " \t");
		break;
	}
	if (!word || strcmp(word, "dev") || !rest || !all_netdevs(rest))
		return FUZZ_REFUSES;
	for (i = 0; i < table.nprograms; i++)
		if (!strcmp(name, table.program[i].name) && arg <= table.program[i].max)
			break;
	if (i == table.nprograms)
		return FUZZ_REFUSES;
	snprintf(shows, size, "hookcost 2 native\nactive %s\narg %" PRIu64 "\n", name, arg);
	return FUZZ_TAKES;
}

static enum fuzz_fate number(const struct fuzz_file *f, const char *buf, size_t len, char *shows,
			     size_t size)
{
	char text[NUMBER_CHARS];
	int64_t v;

	if (len >= sizeof(text) || memchr(buf, '\0', len))
		return FUZZ_REFUSES;
	memcpy(text, buf, len);
	text[len] = '\0';
	if (f->kind == FUZZ_SIGNED) {
		if (!parse_signed(text, &v))
			return FUZZ_REFUSES;
		snprintf(shows, size, "%" PRId64 "\n", v);
		return FUZZ_TAKES;
	}
	if (!parse(text, 0, (uint64_t *)&v))
		return FUZZ_REFUSES;
	switch (f->kind) {
	case FUZZ_START:
	case FUZZ_RUN:
		return FUZZ_EITHER;
	case FUZZ_STOP:
		return FUZZ_TAKES;
	default:
		if ((uint64_t)v < f->min || (uint64_t)v > f->max)
			return FUZZ_REFUSES;
		snprintf(shows, size, "%" PRIu64 "\n", (uint64_t)v);
		return FUZZ_TAKES;
	}
}

static enum fuzz_fate fault(const char *buf, size_t len)
{
	/* nearly right is enough: whatever begins like one, and has an ID, may name a queue */
	if (len > 3 && !memchr(buf, '\0', len) && buf[1] == 'q' && len < 64 &&
	    (buf[0] == 's' || buf[0] == 'r') && is_space(buf[2])) {
		char text[64];
		uint64_t id;

		memcpy(text, buf + 3, len - 3);
		text[len - 3] = '\0';
		id = strtoull(text, NULL, 0);
		/* what mlx5sim numbers its queues by, and numbers cut to that */
		return (uint32_t)id < 0x10000 ? FUZZ_AVOID : FUZZ_REFUSES;
	}
	return FUZZ_REFUSES;
}

enum fuzz_fate fuzz_expect(const struct fuzz_file *f, const char *buf, size_t len, char *shows,
			   size_t size)
{
	char line[512];
	bool has_hook;

	*shows = '\0';
	switch (f->kind) {
	case FUZZ_ENABLE:
		return get_line(buf, len, 64, line) ? enable(line, shows, size) : FUZZ_REFUSES;
	case FUZZ_RESET:
		return get_line(buf, len, 8, line) &&
		       (!strcmp(line, "1") || !strcmp(line, "free")) ? FUZZ_TAKES : FUZZ_REFUSES;
	case FUZZ_CLOCK:
		/* the mode is not at the head of what it shows, and looked for elsewhere */
		return get_line(buf, len, 16, line) &&
		       (!strcmp(line, "plain") || !strcmp(line, "ordered")) ? FUZZ_TAKES :
									      FUZZ_REFUSES;
	case FUZZ_DEVICE:
		if (!get_line(buf, len, IF_NAMESIZE + 1, line))
			return FUZZ_REFUSES;
		if (strcmp(line, "any") && strcmp(line, "none") &&
		    (!netdev(line, &has_hook) || !has_hook))
			return FUZZ_REFUSES;
		snprintf(shows, size, "%s\n", line);
		return FUZZ_TAKES;
	case FUZZ_NATIVE:
		return get_line(buf, len, sizeof(line), line) ? native(line, shows, size) :
								FUZZ_REFUSES;
	case FUZZ_TEMPLATE:
		if (len < FRAME_MIN || len > TEMPLATE_MAX)
			return FUZZ_REFUSES;
		return FUZZ_TAKES;
	case FUZZ_INJECT:
		return len < FRAME_MIN || len > INJECT_MAX ? FUZZ_REFUSES : FUZZ_EITHER;
	case FUZZ_FAULT:
		return fault(buf, len);
	case FUZZ_PARAMETER:
		return FUZZ_EITHER;
	default:
		return number(f, buf, len, shows, size);
	}
}

bool fuzz_documented(const struct fuzz_file *f, int error)
{
	if (error == EINVAL || error == EFAULT)
		return true;
	switch (f->kind) {
	case FUZZ_START:
	case FUZZ_RUN:
		if (error == EBUSY || error == ENETDOWN || error == EINTR || error == ENOMEM ||
		    error == ECANCELED)
			return true;
		break;
	case FUZZ_INJECT:
		return error == ENOBUFS;
	case FUZZ_FAULT:
		return error == ENOENT;
	case FUZZ_DEVICE:
	case FUZZ_NATIVE:
		return error == EOPNOTSUPP;
	case FUZZ_PARAMETER:
		return error == ERANGE;
	default:
		break;
	}
	/* a number that no 64 bits hold */
	return error == ERANGE && f->kind >= FUZZ_NUMBER && f->kind <= FUZZ_STOP;
}
