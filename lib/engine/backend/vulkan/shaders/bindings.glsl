// What every shader shares: the step's tables. Sections begin where the header says; see step_tables.h.
layout(set = 0, binding = 4, std430) readonly buffer StepTables { uint step_tables[]; };

const uint kTokens = 0, kOutputs = 1;  // counts, as RowKind
const uint kTokenIds = 2, kPositions = 3, kTableBegins = 4, kOutputRows = 5;
const uint kBlockTables = 6, kAngles = 8;  // one entry per rope table

uint step_entry(uint section, uint index) { return step_tables[step_tables[section] + index]; }
