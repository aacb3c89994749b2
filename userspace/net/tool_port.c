// SPDX-License-Identifier: GPL-2.0-only
/* Whether a tool has a port, as the kernel's tables of sockets have it */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/util.h"
#include "net/tool.h"

#define TCP_LISTENING	0x0a

struct port_wait {
	struct tool *tool;
	const char *proto;
	unsigned int port;
};

/* Whether one of the tool's open files is the socket with that inode */
static bool has_socket(pid_t pid, unsigned long inode)
{
	char name[64], target[64], want[64];
	struct dirent *e;
	bool found = false;
	ssize_t n;
	DIR *dir;

	snprintf(want, sizeof(want), "socket:[%lu]", inode);
	snprintf(name, sizeof(name), "/proc/%d/fd", pid);
	dir = opendir(name);
	while (dir && !found) {
		e = readdir(dir);
		if (!e)
			break;
		snprintf(name, sizeof(name), "/proc/%d/fd/%.16s", pid, e->d_name);
		n = readlink(name, target, sizeof(target) - 1);
		target[n > 0 ? n : 0] = '\0';
		found = !strcmp(target, want);
	}
	if (dir)
		closedir(dir);
	return found;
}

/* A line of /proc/net/tcp or udp: "  0: 0100007F:1F90 00000000:0000 0A ... inode ..." */
static bool line_has(const struct port_wait *w, const char *line, unsigned long *inode)
{
	unsigned int port, state;

	if (sscanf(line, " %*d: %*[0-9A-Fa-f]:%x %*[0-9A-Fa-f]:%*x %x %*s %*s %*s %*d %*d %lu",
		   &port, &state, inode) != 3)
		return false;
	return port == w->port && (strcmp(w->proto, "tcp") || state == TCP_LISTENING);
}

/* In the table of IPv4 or IPv6 */
static bool has_port(const struct port_wait *w, const char *suffix)
{
	char *path = xasprintf("/proc/%d/net/%s%s", w->tool->pid, w->proto, suffix);
	char *table = slurp(path, NULL), *line = table;
	unsigned long inode;
	bool found = false;

	free(path);
	for (; line && *line && !found; line += strcspn(line, "\n"), line += !!*line) {
		/* another's, maybe: then the tool is about to say so */
		if (line_has(w, line, &inode))
			found = has_socket(w->tool->pid, inode);
	}
	free(table);
	return found;
}

static bool port_ready(void *arg)
{
	const struct port_wait *w = arg;

	return w->tool->pid && (has_port(w, "") || has_port(w, "6"));
}

int tool_await_port(struct tool *t, const char *proto, unsigned int port, double seconds)
{
	struct port_wait w = { .tool = t, .proto = proto, .port = port };
	char what[64];

	snprintf(what, sizeof(what), "its socket at %s port %u", proto, port);
	return tool_await(t, port_ready, &w, seconds, what);
}
