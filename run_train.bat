@echo off
rem Teaches the monitor what the dry set-up looks like.
"%~dp0scripts\launch.bat" train %*
