// Reads a calendar feed with ical.js (that of Thunderbird) and prints what it understood of it:
// {"name", "zones", "events": [{"uid", "summary", "start", "utc", "end", "allDay", "status", "sequence", "zone", "modified", ...}]}.
import { readFileSync } from 'node:fs'
import ICAL from 'ical.js'

const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, 'utf8')))
const zones = calendar.getAllSubcomponents('vtimezone').map((zone) => new ICAL.Timezone(zone))
zones.forEach((zone) => ICAL.TimezoneService.register(zone))
const events = calendar.getAllSubcomponents('vevent').map((component) => {
  const event = new ICAL.Event(component)
  return {
    uid: event.uid,
    summary: event.summary,
    description: event.description,
    location: event.location,
    start: event.startDate.toString(),
    end: event.endDate.toString(),
    utc: event.startDate.toJSDate().toISOString(),
    zone: event.startDate.zone.tzid,
    allDay: event.startDate.isDate,
    sequence: event.sequence,
    status: component.getFirstPropertyValue('status'),
    url: component.getFirstPropertyValue('url'),
    modified: component.getFirstPropertyValue('last-modified').toString(),
  }
})
console.log(JSON.stringify({ name: calendar.getFirstPropertyValue('name'), zones: zones.map((zone) => zone.tzid), events }))
