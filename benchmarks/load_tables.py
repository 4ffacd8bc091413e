"""What the database makes itself of units and people: stages, affiliations, standings, contacts, teams, posts, sites,
meetings of a year, absences, dues. `made_unit` says which keys of people belong to a unit; chance comes from hashes of
the keys, so that every load is the same.
"""

from __future__ import annotations

TODAY = "DATE '2026-06-30'"
MOMENT = "TIMESTAMPTZ '2026-06-30 09:00+08'"


def chance(key: str, salt: int, below: int) -> str:
    """SQL of a whole number from 0 to `below` - 1 that hangs on a key."""
    return f"((hashint8extended({key}, {salt}) & 2147483647) % {below})::int"


# How far a person has come: one in 26 is on the way, one in 33 of the others is probationary.
ON_THE_WAY = "u.key % 26 = 0"
PROBATIONARY = "u.key % 33 = 5"
JOINED = f"least({TODAY} - 800 - {chance('u.key', 2, 400)}, p.born_on + 6700 + {chance('u.key', 1, 6000)})"
LATELY = f"({TODAY} - 20 - {chance('u.key', 3, 320)})"
OF_A_UNIT = "(SELECT m.unit, m.first, m.groups, key FROM made_unit m, generate_series(m.first, m.last) AS key) AS u"
AWAY = f"{chance('u.key', 4, 100)} < 8"
AWAY_SINCE = f"({TODAY} - 120 - {chance('u.key', 5, 600)})"

STATEMENTS: dict[str, tuple[str, ...]] = {
    "organisations_group": (
        """INSERT INTO organisations_group (id, organisation_id, name, from_on)
        SELECT m.groups + part, m.unit, '第' || (part + 1) || '党小组', DATE '2018-01-01'
        FROM made_unit m, generate_series(0, 1) AS part WHERE m.groups IS NOT NULL""",
    ),
    "members_stage": (
        f"""INSERT INTO members_stage (person_id, kind, from_on, until_on)
        SELECT p.id, s.kind, s.from_on, s.until_on FROM members_person p JOIN {OF_A_UNIT} ON u.key = p.id
        CROSS JOIN LATERAL (
          SELECT CASE WHEN u.key % 3 = 0 THEN 'applicant' ELSE 'activist' END AS kind, {LATELY} AS from_on,
            NULL::date AS until_on WHERE {ON_THE_WAY}
          UNION ALL SELECT 'probationary', {LATELY}, NULL WHERE NOT {ON_THE_WAY} AND {PROBATIONARY}
          UNION ALL SELECT 'probationary', {JOINED}, {JOINED} + 365 WHERE NOT {ON_THE_WAY} AND NOT {PROBATIONARY}
          UNION ALL SELECT 'full', {JOINED} + 365, NULL WHERE NOT {ON_THE_WAY} AND NOT {PROBATIONARY}
        ) AS s""",
    ),
    "members_affiliation": (
        f"""INSERT INTO members_affiliation (person_id, organisation_id, group_id, from_on)
        SELECT p.id, u.unit, u.groups + u.key % 2,
          CASE WHEN {ON_THE_WAY} OR {PROBATIONARY} THEN {LATELY} ELSE {JOINED} END
        FROM members_person p JOIN {OF_A_UNIT} ON u.key = p.id""",
    ),
    "members_standing": (
        f"""INSERT INTO members_standing (person_id, kind, from_on, until_on, contact_person_id, place)
        SELECT p.id, s.kind, s.from_on, s.until_on, s.contact_person, s.place
        FROM members_person p JOIN {OF_A_UNIT} ON u.key = p.id
        CROSS JOIN LATERAL (
          SELECT 'home' AS kind, CASE WHEN {PROBATIONARY} THEN {LATELY} ELSE {JOINED} END AS from_on,
            CASE WHEN {AWAY} AND NOT {PROBATIONARY} THEN {AWAY_SINCE} END AS until_on, NULL::bigint AS contact_person,
            '' AS place
          UNION ALL SELECT (ARRAY['away', 'away', 'retired_elsewhere', 'unable', 'lost'])[1 + u.key % 5], {AWAY_SINCE},
            NULL, u.first, '沿海务工' WHERE {AWAY} AND NOT {PROBATIONARY}
        ) AS s WHERE NOT {ON_THE_WAY}""",
    ),
    "members_contact": (
        f"""INSERT INTO members_contact (person_id, contacted_on, way, note, recorded_at, recorded_by_id)
        SELECT u.key, {TODAY} - {chance("u.key", 6, 230)}, 'telephone', '', {MOMENT}, made_by() FROM {OF_A_UNIT}
        WHERE {AWAY} AND NOT {PROBATIONARY} AND NOT {ON_THE_WAY}""",
    ),
    "organisations_team": (
        f"""INSERT INTO organisations_team (organisation_id, elected_on, term_months, ends_on, seats)
        SELECT unit, t.on, 60, (t.on + INTERVAL '60 months')::date, posts
        FROM made_unit CROSS JOIN LATERAL (SELECT {TODAY} - 60 - {chance("unit", 7, 1850)} AS on) AS t""",
    ),
    "organisations_post": (
        """INSERT INTO organisations_post
          (id, organisation_id, kind, title, is_full_time, on_grassroots_work, from_on)
        SELECT unit * 8 + number, unit,
          (ARRAY['secretary', 'organisation', 'publicity', 'deputy_secretary', 'discipline'])[number], '', false, false,
          DATE '2016-01-01'
        FROM made_unit m, generate_series(1, m.posts) AS number""",
    ),
    "members_holding": (
        f"""INSERT INTO members_holding (person_id, post_id, from_on)
        SELECT m.leaders + number - 1, unit * 8 + number, {TODAY} - 60 - {chance("unit", 7, 1850)}
        FROM made_unit m, generate_series(1, m.posts) AS number WHERE {chance("unit * 8 + number", 8, 100)} >= 3""",
    ),
    "organisations_site": (
        f"""INSERT INTO organisations_site
          (organisation_id, name, address, area_m2, tenure, lease_ends_on, condition, checked_on, from_on)
        SELECT unit, '活动室', '河堤路' || unit || '号', 20 + {chance("unit", 9, 180)},
          CASE WHEN unit % 5 = 0 THEN 'rented' ELSE 'owned' END,
          CASE WHEN unit % 5 = 0 THEN {TODAY} + {chance("unit", 10, 900)} - 60 END,
          CASE WHEN unit % 17 = 0 THEN 'worn' ELSE 'sound' END, {TODAY} - {chance("unit", 11, 300)}, DATE '2017-01-01'
        FROM made_unit WHERE last >= first""",
    ),
    "meetings_meeting": (
        f"""INSERT INTO meetings_meeting
          (organisation_id, form, held_on, minutes_long, chair_id, topic, minutes, roll_count, entitled_count,
           unnamed_absent_count, recorded_at, recorded_on, recorded_by_id, recorded_for_unit, withdrawn_reason)
        SELECT m.unit, w.form, d.day, 60 + {chance("m.unit + w.month", 12, 90)}, m.leaders,
          '学习上级文件，讨论本季度工作', '传达学习文件精神，研究近期工作安排，形成决议。', m.last - m.first + 1,
          greatest(1, (m.last - m.first + 1) * 9 / 10), {chance("m.unit * 97 + w.month", 13, 3)},
          d.day + TIME '17:00', d.day + {chance("m.unit * 89 + w.month", 14, 9)}, made_by(), false, ''
        FROM made_unit m
        CROSS JOIN LATERAL (
          SELECT month, form FROM generate_series(0, 11) AS month, unnest(ARRAY['committee', 'theme_day']) AS form
          UNION ALL SELECT month, form FROM generate_series(0, 11, 3) AS month,
            unnest(ARRAY['member_meeting', 'lecture']) AS form
        ) AS w
        CROSS JOIN LATERAL (SELECT (DATE '2025-07-01' + make_interval(months => w.month))::date
          + {chance("m.unit * 31 + w.month", 15, 26)} AS day) AS d
        WHERE m.last >= m.first AND {chance("m.unit * 53 + w.month * 7 + length(w.form)", 16, 100)} >= 6
          AND d.day <= {TODAY}""",
    ),
    "meetings_absence": (
        f"""INSERT INTO meetings_absence (meeting_id, person_id, reason, entitled)
        SELECT t.id, m.first + {chance("t.id", 17, 1000)} % (m.last - m.first + 1), 'leave', true
        FROM meetings_meeting t JOIN made_unit m ON m.unit = t.organisation_id
        WHERE t.form = 'member_meeting' OR {chance("t.id", 18, 5)} = 0""",
    ),
    "dues_balance": (
        f"""INSERT INTO dues_balance (id, person_id, year, band, due_01, due_02, due_03, due_04, due_05, due_06, due_07,
          due_08, due_09, due_10, due_11, due_12)
        SELECT u.key, u.key, 2026, 'wage', c, c, c, c, c, c, c, c, c, c, c, c FROM {OF_A_UNIT}
        CROSS JOIN LATERAL (SELECT 200 + 50 * {chance("u.key", 19, 60)} AS c) AS due WHERE NOT {ON_THE_WAY}""",
    ),
    "dues_decision": (
        f"""INSERT INTO dues_decision (balance_id, from_month, monthly_cents, band, paper, recorded_at, recorded_by_id)
        SELECT id, 1, due_01, 'wage', '', {MOMENT}, made_by() FROM dues_balance""",
    ),
    "dues_payment": (
        f"""INSERT INTO dues_payment
          (balance_id, kind, amount_cents, paid_on, organisation_id, note, recorded_at, recorded_by_id)
        SELECT b.id, 'dues', b.due_01 * 6, {TODAY} - {chance("b.id", 20, 100)}, a.organisation_id, '', {MOMENT},
          made_by() FROM dues_balance b JOIN members_affiliation a ON a.person_id = b.person_id
        WHERE {chance("b.id", 21, 100)} >= 5""",
    ),
}  # fmt: skip
