//! placeholder Code::NetUnreachable
