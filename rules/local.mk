# SPDX-License-Identifier: Apache-2.0
# Rule packs: data, with its sources and vectors (qingnang-rules(5)).
rulesdir = $(pkgdatadir)/rules
dist_rules_DATA = rules/cn.json rules/herbal.json rules/us.json
